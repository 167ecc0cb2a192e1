import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { stringify } from 'yaml';
import { defined } from '../../domain/defined.ts';

/** An object of the API, as far as a diff names it. */
export interface DiffableObject {
  readonly kind?: string | undefined;
  readonly metadata?:
    | {
        readonly namespace?: string | undefined;
        readonly name?: string | undefined;
        /** RFC 3339 in the API's JSON, whatever the client library's types call it. */
        readonly deletionTimestamp?: unknown;
        readonly deletionGracePeriodSeconds?: number | undefined;
      }
    | undefined;
}

/** Lines kept, because it is stored in the workflow's history. */
const MAX_LINES = 200;
const MAX_LINE_LENGTH = 500;

/** Unified diff of an object now and after a change, bounded; empty if they read the same. */
export function diffObjects(now: DiffableObject, next: DiffableObject): string {
  const { kind = '', metadata = {} } = now;
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
function readable({ metadata = {}, ...rest }: DiffableObject): string {
  const { namespace, name, deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  const shown = Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'status'));
  return stringify(
    { ...shown, metadata: defined({ namespace, name, deletionTimestamp, deletionGracePeriodSeconds }) },
    { sortMapEntries: true, lineWidth: 0 },
  );
}
