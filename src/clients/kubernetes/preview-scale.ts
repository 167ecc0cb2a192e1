import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { stringify } from 'yaml';
import type { ChangePreview, ScaleChange } from '../../domain/actions/effects.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { leverFailure, leverMove } from './lever.ts';

/** What is looked at of a `Scale` or an autoscaler. */
interface LeverObject {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name?: string };
  readonly spec: { readonly replicas?: number; readonly minReplicas?: number };
  readonly [key: string]: unknown;
}

/** Lines kept, because it is stored in the workflow's history. */
const MAX_LINES = 200;
const MAX_LINE_LENGTH = 500;

/**
 * What the change would do: the very patch of `moveLever`, sent as a dry run. The API server validates and admits it as
 * it would the real one (quotas, webhooks, permissions), and stores nothing.
 *
 * @throws MendloopError `TargetChanged` if the lever no longer stands where the plan found it; what the API server
 * refuses, it refuses as it would the change itself.
 */
export async function previewScale(kubernetes: KubernetesClient, change: ScaleChange): Promise<ChangePreview> {
  const { path, patch, query } = leverMove(change, change);
  const now = await kubernetes.get<LeverObject>(path);
  let next: LeverObject;
  try {
    next = await kubernetes.previewJsonPatch<LeverObject>(path, patch, query);
  } catch (error) {
    throw leverFailure(error);
  }
  const before = valueOf(now, change);
  if (before !== change.from) {
    // It was something else when read and right when patched: somebody is changing it.
    throw new MendloopError('TargetChanged', `it was to be ${change.from}, and was found at ${before}`);
  }
  return { before, after: valueOf(next, change), diff: diffOf(now, next) };
}

/** A field that is 0 is left out of the API's JSON. */
function valueOf({ spec }: LeverObject, { lever }: ScaleChange): number {
  return lever.kind === 'replicas' ? (spec.replicas ?? 0) : (spec.minReplicas ?? 1);
}

/** Empty if the change would change nothing. */
function diffOf(now: LeverObject, next: LeverObject): string {
  const { kind, metadata } = now;
  const name = `${kind} ${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
  const patch = createTwoFilesPatch(name, name, readable(now), readable(next), 'now', 'after the change', {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
  const lines = patch.trimEnd().split('\n');
  if (!lines.some((line) => line.startsWith('@@'))) return '';
  const kept = lines.slice(0, MAX_LINES).map((line) => line.slice(0, MAX_LINE_LENGTH).toWellFormed());
  if (lines.length > MAX_LINES) kept.push(`… ${lines.length - MAX_LINES} more lines`);
  return kept.join('\n');
}

/**
 * As people read objects: YAML. Without the status, which a dry run does not move, and without the bookkeeping and the
 * annotations of its metadata: those are not what is planned, and may hold anything.
 */
function readable({ metadata: { namespace, name }, status: _status, ...rest }: LeverObject): string {
  return stringify({ ...rest, metadata: { namespace, name } }, { sortMapEntries: true, lineWidth: 0 });
}
