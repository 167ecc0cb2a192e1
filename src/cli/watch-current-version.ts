import { setTimeout as sleep } from 'node:timers/promises';
import { readRouting, withoutCurrent } from '../clients/temporal/routing.ts';
import type { TemporalLink } from '../clients/temporal/connect.ts';
import type { WorkerVersion } from '../config/worker-version.ts';
import { taskQueueOf } from '../contract/task-queue.ts';
import type { Stack } from '../local/index.ts';
import { commandName } from './command-name.ts';
import type { Context } from './prepare.ts';
import { stoppable } from './shutdown.ts';

/** Milliseconds between two looks. A controller sets a current version within seconds of the first poll. */
const EVERY_MS = 15_000;

/**
 * Says in the log and as a metric when no version is current, for as long as the process runs: a versioned worker is given
 * no ordinary start then, and nothing else would tell why alerts are taken and not worked on.
 */
export function watchCurrentVersion(parts: {
  readonly context: Pick<Context, 'config' | 'logger' | 'metrics'>;
  readonly temporal: Pick<TemporalLink, 'client'>;
  readonly stack: Stack;
  readonly version: WorkerVersion;
}): void {
  const { context, temporal, stack, version } = parts;
  const { config, logger, metrics } = context;
  const taskQueue = taskQueueOf(config);
  const stopping = new AbortController();
  const { signal } = stopping;
  let isSet: boolean | undefined;
  const look = async () => {
    const routing = await readRouting(temporal.client, { taskQueue, kind: 'workflows' });
    // Until its own first poll has been heard of there is nothing to say.
    if (!routing.pollers.some((poller) => poller.version?.buildId === version.buildId)) return;
    const is = withoutCurrent(routing).length === 0;
    metrics.currentVersionSet(is);
    if (!is && isSet !== false) {
      const command = `${commandName()} deploy set-current --deployment ${version.deploymentName}`;
      logger.warn(
        { version, command },
        'no version of this deployment is current: no worker is given a start until one is',
      );
    } else if (is && isSet === false) logger.info({ current: routing.current }, 'starts are taken');
    isSet = is;
  };
  const untilStopped = () => sleep(EVERY_MS, true, { signal }).catch(() => false);
  const ended = (async () => {
    do {
      try {
        await look();
      } catch (error) {
        metrics.currentVersionSet(undefined);
        logger.warn({ err: error }, 'which version is current could not be read; trying again');
      }
    } while (await untilStopped());
  })();
  stack.add(
    stoppable(async () => {
      stopping.abort();
      await ended;
    }),
  );
}
