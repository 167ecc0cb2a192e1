import { EvidenceGap, type SignalReading } from '../../domain/evidence/evidence-report.ts';
import type { EvidenceClause, EvidenceSignal } from '../../domain/plan/evidence-clause.ts';
import type { JaegerClient } from '../jaeger/jaeger-client.ts';
import type { LokiClient } from '../loki/loki-client.ts';
import type { PrometheusClient } from '../prometheus/prometheus-client.ts';
import { readJaeger } from './read-jaeger.ts';
import { readLoki } from './read-loki.ts';
import { readPrometheus } from './read-prometheus.ts';

/** Where evidence comes from. What the settings lack is absent. */
export interface EvidenceSources {
  readonly prometheus: PrometheusClient;
  readonly loki?: LokiClient;
  readonly jaeger?: JaegerClient;
}

const NOT_CONFIGURED: SignalReading = { value: EvidenceGap.NotConfigured, past: EvidenceGap.NotConfigured };

/**
 * What the sources know of every signal, in the order of the plan. A source that is away, or not configured, gives a
 * reading that says so. `now` is our clock in seconds since the epoch, for the sources that do not tell theirs.
 *
 * @throws MendloopError `QueryInvalid` if a query can never be judged; the signal's reason if it is aborted.
 */
export async function readEvidence(
  sources: EvidenceSources,
  { clause, now, signal }: { clause: EvidenceClause; now: number; signal: AbortSignal },
): Promise<SignalReading[]> {
  return await Promise.all(clause.signals.map((wanted) => readOne(sources, wanted, { now, signal })));
}

async function readOne(
  { prometheus, loki, jaeger }: EvidenceSources,
  { source, baseline }: EvidenceSignal,
  { now, signal }: { now: number; signal: AbortSignal },
): Promise<SignalReading> {
  switch (source.kind) {
    case 'prometheus':
      return await readPrometheus(prometheus, { source, baseline, signal });
    case 'loki':
      return loki === undefined ? NOT_CONFIGURED : await readLoki(loki, { source, baseline, now, signal });
    case 'jaeger':
      return jaeger === undefined ? NOT_CONFIGURED : await readJaeger(jaeger, { source, baseline, now, signal });
  }
}
