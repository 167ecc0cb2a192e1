import { MendloopError } from '../failures.ts';
import { isRefusalOfWhatWasSeen } from '../ladder/ladder.ts';
import type { Target } from '../target/target.ts';

/** What stands behind a target that was refused as it was found: whose end could be shared is asked about that. */
export interface RefusedTarget {
  /** What would have been acted on; of a Pod that is gone, the workload whose it was. */
  readonly behind: Target;
  /** The target does not exist. */
  readonly isGone?: true;
}

/** The same error, which tells what stands behind the target as well. Others than refusals stay as they are. */
export function withRefusedTarget(error: unknown, refused: RefusedTarget): unknown {
  if (!(error instanceof MendloopError) || !isRefusalOfWhatWasSeen(error.type)) return error;
  return new MendloopError(error.type, error.message, { cause: error, details: [...error.details, { refused }] });
}

/** Of an error, or of a failure that carries its details; undefined: it is not told. */
export function refusedTargetOf(failure: unknown): RefusedTarget | undefined {
  const { details } = (failure ?? {}) as { readonly details?: readonly unknown[] | null };
  for (const detail of details ?? []) {
    if (typeof detail === 'object' && detail !== null && 'refused' in detail) return detail.refused as RefusedTarget;
  }
  return undefined;
}
