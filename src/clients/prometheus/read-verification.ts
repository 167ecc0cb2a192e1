import type { Objective, Neighbour, Verification } from '../../domain/plan/verification-clause.ts';
import type { Baseline } from '../../domain/verification/measurement.ts';
import type { Reading } from '../../domain/verification/verification-state.ts';
import type { PrometheusClient } from './prometheus-client.ts';
import { defined } from '../../domain/defined.ts';
import { readSignal, type SignalRequest, UNAVAILABLE } from './read-signal.ts';

/**
 * One look at every signal of a verification, side by side; conditions and probes are not asked of Prometheus.
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
  const [first, ...others] = await Promise.all([
    objective === undefined ? undefined : read(objective),
    ...neighbours.map(read),
  ]);
  return { ...defined({ objective: first }), neighbours: others };
}

/** Whether a verification asks anything of Prometheus. */
export function asksForSignals({ objective, neighbours }: Pick<Verification, 'objective' | 'neighbours'>): boolean {
  return objective !== undefined || neighbours.length > 0;
}

/** A reading while Prometheus is away. */
export function nothingRead({ objective, neighbours }: Pick<Verification, 'objective' | 'neighbours'>): Reading {
  return {
    ...(objective === undefined ? {} : { objective: UNAVAILABLE }),
    neighbours: neighbours.map(() => UNAVAILABLE),
  };
}

/** The reading before the act, which those after it are compared with. */
export function baselineOf(
  { neighbours }: Pick<Verification, 'neighbours'>,
  { objective, checks, neighbours: read }: Reading,
): Baseline {
  return {
    ...defined({ objective, checks }),
    neighbours: neighbours.map(({ name }, index) => ({ name, sample: read[index] ?? UNAVAILABLE })),
  };
}
