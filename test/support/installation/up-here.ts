import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StartObserver } from '../../../src/api/webhook/remediation-starter.ts';
import { openGround, startApi, startWorker } from '../../../src/cli/parts.ts';
import { connectTemporal } from '../../../src/clients/temporal/connect.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { Stack } from '../../../dev/stack/index.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { installRuntime } from '../../../src/workers/create-worker.ts';

export interface UpHereOptions {
  /** As a settings file has them. */
  readonly settings: object;
  readonly temporalAddress: string;
  /** Stands between the API and the worker. */
  readonly observing?: (observer: StartObserver) => StartObserver;
}

export interface UpHere {
  /** Of the API. */
  readonly url: string;
  stop(): Promise<void>;
}

let isInstalled = false;

/** API and worker in this process on one connection, as `mendloop up` runs them, on servers that are there already. */
export async function startUpHere(options: UpHereOptions): Promise<UpHere> {
  const { settings, temporalAddress, observing = (observer: StartObserver) => observer } = options;
  const folder = await mkdtemp(join(tmpdir(), 'mendloop-up-here-'));
  const config = configSchema.parse({
    ...settings,
    orders: { folder: join(folder, 'orders') },
    log: { level: 'error' },
  });
  const logger = createLogger(config.log);
  if (!isInstalled) installRuntime(logger);
  isInstalled = true;
  const context = { config, logger, metrics: createMetrics(), root: packageRoot() };
  const stack = new Stack();
  stack.add({ stop: () => rm(folder, { recursive: true, force: true }) });
  try {
    const temporal = await connectTemporal(config.temporal, { address: temporalAddress, namespace: 'default' });
    stack.add({ stop: () => temporal.close() });
    const { store, policy } = await openGround('up', { context, temporal, stack });
    const parts = { context, temporal, policy, store, stack };
    const { observer, finished } = await startWorker(parts);
    finished.catch(() => undefined); // The test sees that nothing goes on.
    const { url } = await startApi({ ...parts, eager: true, observer: observing(observer) });
    return { url, stop: () => stack.stop() };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
