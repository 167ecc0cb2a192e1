import type { RemediationFilter } from '../../api/remediations/remediation-filter.ts';
import { MAX_PAGE } from '../../api/remediations/remediation-filter.ts';
import type { RemediationSummary } from '../../api/remediations/remediation-summary.ts';
import type { Remediations } from '../../api/remediations/remediations.ts';
import { toRemediationId } from '../../domain/alert/remediation-id.ts';

/** Names the remediation that was started last. */
const LATEST = 'latest';

/** Which remediation a text means, and how many others it could have meant. */
export interface FoundRemediation {
  readonly id: string;
  readonly others: number;
}

/**
 * The remediation that a person names by its ID, by `latest`, or by the beginning of the name of its alert, service, rule
 * or target, or of its ID; of several the one that was started last.
 *
 * @throws Error if none is named so.
 */
export async function findRemediation(
  remediations: Pick<Remediations, 'list'>,
  text: string,
): Promise<FoundRemediation> {
  const id = toRemediationId(text);
  if (id !== undefined) return { id, others: 0 };
  const filter = text === LATEST ? {} : { q: text };
  const [newest, ...others] = (await startedLast(remediations, filter)).toSorted((one, other) =>
    other.startedAt.localeCompare(one.startedAt),
  );
  if (newest !== undefined) return { id: newest.id, others: text === LATEST ? 0 : others.length };
  throw new Error(text === LATEST ? 'there is no remediation yet' : `there is no remediation that begins with ${text}`);
}

/** Temporal lists those that run before those that have ended: a page of each has the one that was started last. */
async function startedLast(
  remediations: Pick<Remediations, 'list'>,
  filter: RemediationFilter,
): Promise<RemediationSummary[]> {
  const pages = await Promise.all(
    (['running', 'closed'] as const).map((state) => remediations.list({ ...filter, state, limit: MAX_PAGE })),
  );
  return pages.flatMap(({ items }) => items);
}
