import { type FenceAnswer, FenceReason, type FenceRequest } from '../../domain/admission/admission.ts';
import { type Pause, pausedBy } from '../../domain/guards/cluster-limits.ts';
import type { Database } from '../database.ts';
import { restored } from './commit.ts';
import { storableJson } from './storable-json.ts';

interface Findings {
  /** Of the grant that is in force; null: it does not hold the target. */
  readonly epoch: number | null;
  readonly paused: Pause | null;
  readonly resolved: boolean;
}

/** Judges several fences at once, in their order. @throws MendloopError `StoreUnavailable`, `StoreRestored`. */
export async function askFences(
  database: Pick<Database, 'run'>,
  requests: readonly FenceRequest[],
): Promise<readonly FenceAnswer[]> {
  const asks = requests.map(({ remediationId, target }) => ({ remediationId, target }));
  const [row] = await database.run({
    text: 'SELECT mendloop.fence($1::jsonb)::text AS findings',
    values: [storableJson(asks)],
    prepare: 'fence',
  });
  const findings = row?.['findings'];
  if (findings == null) throw restored('a restore, or a failover that lost commits');
  const all = JSON.parse(findings) as readonly Findings[];
  return requests.map((request, place) => judge(request, all[place]));
}

function judge({ remediationId, target, epoch, givesBack }: FenceRequest, findings: Findings | undefined): FenceAnswer {
  if (findings === undefined || findings.epoch === null) {
    return closed(FenceReason.NotHolder, `${remediationId} does not hold ${target}`);
  }
  if (findings.epoch !== epoch) {
    return closed(
      FenceReason.NotHolder,
      `${remediationId} was granted ${target} anew since: ${findings.epoch}, not ${epoch}`,
    );
  }
  if (findings.resolved && givesBack !== true) return closed(FenceReason.Resolved, 'The alert has resolved');
  if (findings.paused !== null) return closed(FenceReason.Paused, pausedBy(findings.paused).text);
  return { open: true };
}

function closed(reason: FenceReason, text: string): FenceAnswer {
  return { open: false, reason, text };
}
