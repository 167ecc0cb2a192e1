import { setTimeout as sleep } from 'node:timers/promises';
import { ApiRefused } from '../../src/local/kubernetes/api.ts';
import type { Here } from './contract.ts';

/**
 * Does something again and again, with a pause in between, until the example ends: what a controller is that an example
 * brings along. What fails, as a conflict or an API server that is slow, is met by the next time. Where it has failed until
 * the end otherwise than by a refusal of the API server, that is thrown when the example clears up.
 */
export function repeat({ stack }: Pick<Here, 'stack'>, everyMs: number, step: () => Promise<void>): void {
  const over = new AbortController();
  const going = goOn(step, { everyMs, signal: over.signal });
  // It is heard where it is stopped.
  going.catch(() => undefined);
  stack.add({
    stop: () => {
      over.abort();
      return going;
    },
  });
}

async function goOn(
  step: () => Promise<void>,
  { everyMs, signal }: { readonly everyMs: number; readonly signal: AbortSignal },
): Promise<void> {
  let failed: unknown;
  while (!signal.aborted) {
    failed = await step().then(
      () => undefined,
      (error: unknown) => error,
    );
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
  if (failed instanceof Error && !(failed instanceof ApiRefused)) throw failed;
}
