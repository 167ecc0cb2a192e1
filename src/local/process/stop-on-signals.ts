import { constants } from 'node:os';

/** Anything that is running and can be stopped; `stop` may be called more than once. */
export interface Stoppable {
  stop(): Promise<void>;
}

/** Things started one after the other, stopped in reverse order. One that fails to stop does not keep the rest up. */
export class Stack implements Stoppable {
  readonly #parts: Stoppable[] = [];
  #stopping: Promise<void> | undefined;

  add<T extends Stoppable>(part: T): T {
    this.#parts.push(part);
    return part;
  }

  /** Rejects with an AggregateError of every failure, after everything was tried. */
  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      const failures: unknown[] = [];
      for (const part of this.#parts.toReversed()) await part.stop().catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw new AggregateError(failures, 'some parts did not stop cleanly');
    })();
    return this.#stopping;
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const stacks: Stoppable[] = [];

/**
 * From now on SIGINT, SIGTERM and SIGHUP stop `stack` (and every other stack given before, latest first) and end this
 * process with 128 + the signal's number: 130 after Ctrl-C, 143 after SIGTERM. A second signal ends it at once; the
 * reaper then stops what is left. Returns a function that takes the stack out again.
 */
export function stopOnSignals(stack: Stoppable): () => void {
  if (stacks.length === 0) for (const signal of signals) process.on(signal, onSignal);
  stacks.push(stack);
  return () => {
    const place = stacks.indexOf(stack);
    if (place === -1) return;
    stacks.splice(place, 1);
    if (stacks.length === 0) for (const signal of signals) process.off(signal, onSignal);
  };
}

let interrupted = false;

function onSignal(signal: (typeof signals)[number]): void {
  const exitCode = 128 + constants.signals[signal];
  if (interrupted) process.exit(exitCode);
  interrupted = true;
  void (async () => {
    for (const stack of stacks.toReversed()) {
      await stack.stop().catch((error: unknown) => {
        process.stderr.write(`while stopping: ${String(error)}\n`);
      });
    }
    process.exit(exitCode);
  })();
}
