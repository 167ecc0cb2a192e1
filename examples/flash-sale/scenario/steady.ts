import { waitFor } from '../../../dev/stack/index.ts';
import type { PrometheusReader } from '../../runner/observe/prometheus-reader.ts';
import { alertIn, CATALOG, ORDER_SERVICE, p95Of } from '../observe/signals.ts';

/** p95 in seconds below which both services are at ease. */
const CALM_P95 = 0.1;

/** Good samples in a row, one a second, that count as steady. */
const CALM_SAMPLES = 4;

/** Waits for a usual day: the processes are warm, p95 is known and good, nothing is about to fire. */
export async function untilSteady(prometheus: PrometheusReader, signal: AbortSignal): Promise<void> {
  const isCalm = async (service: string): Promise<boolean> => {
    const now = Date.now();
    const samples = await prometheus.range(p95Of(service), now - (CALM_SAMPLES - 1) * 1000, now);
    return samples.length === CALM_SAMPLES && samples.every(({ value }) => value <= CALM_P95);
  };
  await waitFor(
    async () => {
      const alert = [await prometheus.samples(alertIn('pending'), 5), await prometheus.samples(alertIn('firing'), 5)];
      return alert.flat().length === 0 && (await isCalm(ORDER_SERVICE)) && (await isCalm(CATALOG));
    },
    {
      what: `p95 of ${ORDER_SERVICE} and ${CATALOG} to be below ${CALM_P95} s`,
      timeoutMs: 90_000,
      intervalMs: 500,
      signal,
    },
  );
}
