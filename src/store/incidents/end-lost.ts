import type { WhichAreOpen } from '../store.ts';
import type { IncidentStore } from './incident-store.ts';

/** Incidents that are asked about at once. */
const PAGE = 500;

export interface EndLostOptions {
  readonly incidents: Pick<IncidentStore, 'unended' | 'recordLost'>;
  readonly isOpen: WhichAreOpen;
  /** Epoch ms. */
  readonly now: number;
  /** Incidents as young as this may be about to be started. */
  readonly minAgeMs: number;
}

/**
 * Ends incidents whose workflow is gone, or was never started, without a word: terminated by hand, or lost with a crash
 * between commit and start that no delivery has healed. If their alert still fires, they are entered again at once.
 *
 * @returns the IDs of their remediations.
 * @throws MendloopError `StoreUnavailable`, and what `isOpen` throws.
 */
export async function endLost({ incidents, isOpen, now, minAgeMs }: EndLostOptions): Promise<readonly string[]> {
  const lost: string[] = [];
  for (let after = ''; ;) {
    const page = await incidents.unended({ openedBefore: now - minAgeMs, after, limit: PAGE });
    const ids = page.map(({ remediationId }) => remediationId);
    const open = ids.length === 0 ? new Set<string>() : await isOpen(ids);
    lost.push(...(await incidents.recordLost({ remediationIds: ids.filter((id) => !open.has(id)), at: now })));
    const last = ids.at(-1);
    if (last === undefined || ids.length < PAGE) return lost;
    after = last;
  }
}
