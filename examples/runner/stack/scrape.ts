import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Stack, waitFor } from '../../../dev/stack/index.ts';
import { PrometheusReader } from '../observe/prometheus-reader.ts';
import type { ExamplesStack } from './start-stack.ts';

/** Milliseconds for Prometheus to take a new target up: it does so every five seconds. */
const WITHIN_MS = 60_000;

/** Has Prometheus ask this process for metrics until `own` stops; settles when it has had an answer. */
export async function scrape(
  address: string,
  options: { readonly stack: ExamplesStack; readonly own: Stack; readonly signal: AbortSignal },
): Promise<void> {
  const { stack, own, signal } = options;
  const file = join(stack.directory, 'prometheus', 'targets.json');
  const write = (targets: readonly string[]) => writeFile(file, JSON.stringify([{ targets }]));
  own.add({ stop: () => write([]) });
  await write([address]);
  const reader = new PrometheusReader(stack.prometheus.url);
  await waitFor(() => reader.holds(`up{job="examples", instance="${address}"} == 1`), {
    ...{ what: `Prometheus to ask ${address}`, timeoutMs: WITHIN_MS, intervalMs: 100, signal },
  });
}
