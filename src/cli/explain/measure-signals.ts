import { readEvidence } from '../../clients/evidence/read-evidence.ts';
import type { EvidenceSources } from '../../clients/evidence/read-evidence.ts';
import { readSignal, type SignalRequest } from '../../clients/prometheus/read-signal.ts';
import { weighEvidence } from '../../domain/evidence/weigh-evidence.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { EvidenceClause } from '../../domain/plan/evidence-clause.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { objectiveBefore } from '../../domain/verification/objective-before.ts';
import { describeSample } from '../../domain/verification/verification-summary.ts';

/** What one signal of a plan gives now. */
export interface SignalSaying {
  readonly of: 'proof' | 'neighbour' | 'evidence' | 'lease';
  readonly name: string;
  /** Null where it is not known. */
  readonly value: number | null;
  /** For people: the value, or why it is not known, as `no series`. */
  readonly text: string;
}

export interface MeasureOptions {
  /** Our clock, in seconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
}

type Measured = Pick<SignalSaying, 'value' | 'text'>;

/** Runs every query of a plan once, side by side. A server that is away makes its signals unknown, never a failure. */
export async function measureSignals(
  { verification, evidence, lease }: Plan,
  sources: EvidenceSources,
  options: MeasureOptions,
): Promise<readonly SignalSaying[]> {
  const { objective, neighbours, maxAgeSeconds } = verification;
  const look = async (
    of: SignalSaying['of'],
    { name, unit, ...request }: Pick<SignalRequest, 'query' | 'whenEmpty'> & { name: string; unit: string },
    age = maxAgeSeconds,
  ): Promise<SignalSaying> => ({
    ...{ of, name },
    ...(await told(options, async () => {
      const { query, whenEmpty = 'unknown' } = request;
      const { signal } = options;
      const sample = await readSignal(sources.prometheus, { query, whenEmpty, maxAgeSeconds: age, signal });
      const value = sample.status === 'known' ? sample.value : null;
      const text =
        of === 'proof' ? objectiveBefore(verification, { objective: sample }).text : describeSample(sample, unit);
      return { value, text };
    })),
  });
  const said = await Promise.all([
    ...(objective === undefined ? [] : [look('proof', objective)]),
    ...neighbours.map((neighbour) => look('neighbour', neighbour)),
    ...(evidence === undefined ? [] : [weigh(evidence, sources, options)]),
    ...(evidence?.signals ?? []).flatMap(({ source, ...signal }) =>
      source.kind === 'prometheus' ? [look('evidence', { ...signal, ...source }, source.maxAgeSeconds)] : [],
    ),
    ...(lease === undefined ? [] : [look('lease', lease.load)]),
  ]);
  return said;
}

async function weigh(clause: EvidenceClause, sources: EvidenceSources, options: MeasureOptions): Promise<SignalSaying> {
  const measured = await told(options, async () => {
    const { confidence, summary } = weighEvidence(clause, await readEvidence(sources, { clause, ...options }));
    return { value: confidence, text: summary };
  });
  return { of: 'evidence', name: 'confidence', ...measured };
}

/** A query that can never be judged, and a server that hangs, are told as what they are. */
async function told({ signal }: MeasureOptions, measure: () => Promise<Measured>): Promise<Measured> {
  try {
    return await measure();
  } catch (error) {
    if (signal.aborted) return { value: null, text: 'no answer in time' };
    if (!(error instanceof MendloopError)) throw error;
    return { value: null, text: `${error.type}: ${error.message}` };
  }
}
