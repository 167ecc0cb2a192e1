import type { Objective, Neighbour, Verification } from '../../domain/plan/verification-clause.ts';
import type { Baseline } from '../../domain/verification/measurement.ts';
import type { Reading } from '../../domain/verification/verification-state.ts';
import type { PrometheusClient } from './prometheus-client.ts';
import { readSignal, type SignalRequest, UNAVAILABLE } from './read-signal.ts';

/**
 * One look at every signal of a verification, side by side.
 *
 * @throws as `readSignal`.
 */
export async function readVerification(
  prometheus: PrometheusClient,
  { objective, neighbours, maxAgeSeconds }: Verification,
  options: Pick<SignalRequest, 'actedAt' | 'signal'>,
): Promise<Reading> {
  const read = ({ query, whenEmpty }: Objective | Neighbour) =>
    readSignal(prometheus, { query, whenEmpty, maxAgeSeconds, ...options });
  const [first, ...others] = await Promise.all([read(objective), ...neighbours.map(read)]);
  return { objective: first, neighbours: others };
}

/** A reading while Prometheus is away. */
export function nothingRead({ neighbours }: Verification): Reading {
  return { objective: UNAVAILABLE, neighbours: neighbours.map(() => UNAVAILABLE) };
}

/** The reading before the act, which those after it are compared with. */
export function baselineOf({ neighbours }: Verification, reading: Reading): Baseline {
  return {
    objective: reading.objective,
    neighbours: neighbours.map(({ name }, index) => ({ name, sample: reading.neighbours[index] ?? UNAVAILABLE })),
  };
}
