import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { SweepInput } from '../activities/sweep.ts';
import { endLost } from '../store/incidents/end-lost.ts';
import type { IncidentStore } from '../store/incidents/incident-store.ts';
import type { AdmissionStore, SweepResult } from '../store/store.ts';
import { endedRemediations, openHolders, openRemediations, sendWakeUps, whichAreOpen } from './store-ports.ts';

export interface SweepOnceParts {
  readonly client: Client;
  /** Whose remediations the store is about. */
  readonly cluster: string;
  readonly admission: Pick<AdmissionStore, 'sweep' | 'reconcile'>;
  readonly incidents: Pick<IncidentStore, 'unended' | 'recordLost'>;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
  /** Puts back what ended remediations have left paused. Never throws. */
  readonly resumeEnded: () => Promise<void>;
}

/** An incident this young may be about to be started by the process that opened it. */
const STARTING_MS = 120_000;

/**
 * Sweeps the store once. One that was restored from an older copy is first made to agree with the remediations that are
 * open.
 *
 * @throws MendloopError `StoreUnavailable`, `TemporalUnavailable`.
 */
export async function sweepOnce(parts: SweepOnceParts, input: SweepInput): Promise<SweepResult> {
  const { client, cluster, admission, incidents, logger } = parts;
  const isOpen = whichAreOpen(client);
  const holders = openHolders(client, cluster);
  const sweep = () => admission.sweep({ ...input, isOpen, holders, send: sendWakeUps(client) });
  let swept = await sweep();
  if (swept.restored) {
    logger.warn({}, 'the store is older than what was known of it: it is reconciled with the open remediations');
    const { reinstated, freed, refused } = await admission.reconcile({
      ...{ ...input, isOpen, open: await openRemediations(client, cluster) },
      ended: (since) => endedRemediations(client, { cluster, since }),
    });
    logger.info(
      { reinstated: reinstated.length, freed: freed.length, refused: refused.length },
      'the store agrees with the open remediations again',
    );
    swept = await sweep();
  }
  await parts.resumeEnded();
  const lost = await endLost({ incidents, isOpen, now: Date.now(), minAgeMs: STARTING_MS });
  if (lost.length > 0) logger.warn({ remediations: lost }, 'remediations are gone that never said how they ended');
  return swept;
}
