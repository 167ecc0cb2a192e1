import type { JudgedPrecondition } from './precondition.ts';

/** What was judged, where that is why something failed: of an error, or of a failure that carries its details. */
export function preconditionsOf(failure: unknown): readonly JudgedPrecondition[] | undefined {
  const { type, details } = (failure ?? {}) as {
    readonly type?: unknown;
    readonly details?: readonly unknown[] | null;
  };
  const [judged] = type === 'PreconditionNotMet' ? (details ?? []) : [];
  return Array.isArray(judged) ? (judged as readonly JudgedPrecondition[]) : undefined;
}
