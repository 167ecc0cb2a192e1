import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Intake } from '../api/webhook/intake.ts';

/** Milliseconds between two looks: an alert whose reason has passed waits no longer than this. */
const EVERY_MS = 5_000;

/** Enters alerts again whose reason has passed, for as long as the process runs. Several processes may. */
export function enterDueRegularly(parts: {
  readonly intake: Pick<Intake, 'enterDue'>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}): { stop(): Promise<void> } {
  const { intake, logger } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  const untilStopped = () => sleep(EVERY_MS, true, { signal }).catch(() => false);
  const ended = (async () => {
    while (await untilStopped()) {
      try {
        const entered = await intake.enterDue();
        if (entered > 0) logger.info({ entered }, 'alerts entered again whose reason has passed');
      } catch (error) {
        logger.warn({ err: error }, 'alerts that are due could not be entered again; trying again');
      }
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}
