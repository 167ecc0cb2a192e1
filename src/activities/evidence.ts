import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { type EvidenceSources, readEvidence } from '../clients/evidence/read-evidence.ts';
import type { EvidenceReport } from '../domain/evidence/evidence-report.ts';
import { weighEvidence } from '../domain/evidence/weigh-evidence.ts';
import type { EvidenceClause } from '../domain/plan/evidence-clause.ts';
import { toApplicationFailure } from './failure.ts';

/** A sign of life while a source is slow, in milliseconds. */
const PULSE_MS = 2000;

export type EvidenceActivities = ReturnType<typeof createEvidenceActivities>;

export interface EvidenceActivityParts extends EvidenceSources {
  /** Our clock, in milliseconds since the epoch. */
  readonly clock?: () => number;
}

/** Measures every signal of a plan, and weighs them. See `gatherEvidence`. @throws MendloopError `QueryInvalid`. */
export async function evidenceOf(
  { clock = Date.now, ...sources }: EvidenceActivityParts,
  { evidence, signal }: { readonly evidence: EvidenceClause; readonly signal: AbortSignal },
): Promise<EvidenceReport> {
  return weighEvidence(evidence, await readEvidence(sources, { clause: evidence, now: clock() / 1000, signal }));
}

export function createEvidenceActivities(parts: EvidenceActivityParts) {
  return {
    /**
     * Measures every signal of a plan against its own baseline, and weighs them. Reads only, so that it can be run again
     * at any time. A source that is away makes its signals unknown, which is never evidence for anything; a query that
     * can never be judged fails with `QueryInvalid`.
     */
    async gatherEvidence({ evidence }: { evidence: EvidenceClause }): Promise<EvidenceReport> {
      const pulse = setInterval(heartbeat, PULSE_MS);
      try {
        return await evidenceOf(parts, { evidence, signal: cancellationSignal() });
      } catch (error) {
        throw toApplicationFailure(error);
      } finally {
        clearInterval(pulse);
      }
    },
  };
}
