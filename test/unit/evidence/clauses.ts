import { type EvidenceSignal, evidenceSignalSchema } from '../../../src/domain/plan/evidence-clause.ts';

/** A signal with the schema's defaults filled in. */
export function aSignal(overrides: Record<string, unknown> = {}): EvidenceSignal {
  return evidenceSignalSchema.parse({
    name: 'p95 latency',
    unit: 's',
    source: { kind: 'prometheus', query: { expr: 'p95' } },
    ...overrides,
  });
}
