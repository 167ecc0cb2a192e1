import type { RemediationSummary } from '../remediations/remediation-summary.ts';
import { MAX_PAGE, type RemediationFilter } from '../remediations/remediation-filter.ts';
import type { Remediations } from '../remediations/remediations.ts';

/** Pages of one look; in a larger storm the oldest are not followed. */
const MAX_PAGES = 5;
/** Visibility is behind by as much at worst, and two clocks may differ by as much. */
const OVERLAP_MS = 60_000;
/** Closed ones that are remembered, so that the overlap tells nothing twice. */
const FORGET_MS = 10 * OVERLAP_MS;

/** Notices which remediations have changed between two looks. */
export class RemediationWatch {
  readonly #remediations: Pick<Remediations, 'list'>;
  /** What was seen, by run; with when it closed, in epoch ms. */
  #seen = new Map<string, { readonly json: string; readonly closedAt: number | undefined }>();
  #newestEnd: number | undefined;

  constructor(remediations: Pick<Remediations, 'list'>) {
    this.#remediations = remediations;
  }

  /** Those that are new or different since the last look, the earliest to begin first; all of them at the first. */
  async look(now: number): Promise<RemediationSummary[]> {
    const closedSince = new Date((this.#newestEnd ?? now) - OVERLAP_MS).toISOString();
    const [running, closed] = await Promise.all([this.#all({ state: 'running' }), this.#all({ closedSince })]);
    const changed: RemediationSummary[] = [];
    // What is in both has ended between the two answers.
    for (const item of [...running, ...closed]) {
      const key = `${item.id} ${item.runId}`;
      const json = JSON.stringify(item);
      const before = this.#seen.get(key);
      if (before?.json === json || (before?.closedAt !== undefined && item.state === 'running')) continue;
      const closedAt = item.closedAt === undefined ? undefined : Date.parse(item.closedAt);
      this.#seen.set(key, { json, closedAt });
      if (closedAt !== undefined) this.#newestEnd = Math.max(closedAt, this.#newestEnd ?? 0);
      changed.push(item);
    }
    this.#forget(running);
    return changed.sort((one, other) => Date.parse(one.startedAt) - Date.parse(other.startedAt));
  }

  async #all(filter: RemediationFilter): Promise<RemediationSummary[]> {
    const items: RemediationSummary[] = [];
    let pageToken: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const next = await this.#remediations.list({ ...filter, limit: MAX_PAGE, pageToken });
      items.push(...next.items);
      pageToken = next.nextPageToken;
      if (pageToken === undefined) break;
    }
    return items;
  }

  #forget(running: readonly RemediationSummary[]): void {
    const here = new Set(running.map(({ id, runId }) => `${id} ${runId}`));
    const until = (this.#newestEnd ?? 0) - FORGET_MS;
    for (const [key, { closedAt }] of this.#seen) {
      if (closedAt === undefined ? !here.has(key) : closedAt < until) this.#seen.delete(key);
    }
  }
}
