import { Stack, type Stoppable, stopOnSignals } from '../local/index.ts';

/**
 * Runs `start` with a stack that is stopped, latest part first, on SIGINT or SIGTERM, when `start` fails, and when what
 * it waits for ends by itself.
 */
export async function runUntilStopped(start: (stack: Stack) => Promise<void>): Promise<void> {
  const stack = new Stack();
  const forget = stopOnSignals(stack);
  try {
    await start(stack);
  } finally {
    await stack.stop();
    forget();
  }
}

/** A part of a stack from a plain function. */
export function stoppable(stop: () => Promise<void>): Stoppable {
  return { stop };
}
