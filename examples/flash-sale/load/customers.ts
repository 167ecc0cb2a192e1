import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LoadCommand, LoadReport, LoadSettings } from './messages.ts';

/** The load generator's process, as seen from the outside. */
export class Customers {
  readonly #child: ChildProcess;
  readonly #failed = new Map<string, number>();

  constructor(settings: LoadSettings) {
    this.#child = fork(join(import.meta.dirname, 'load-generator.ts'), [JSON.stringify(settings)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child.on('message', (message) => {
      const { service, failed } = message as LoadReport;
      this.#failed.set(service, (this.#failed.get(service) ?? 0) + failed);
    });
  }

  setRates(rates: LoadCommand['rates']): void {
    this.#child.send({ rates } satisfies LoadCommand);
  }

  /** Requests to a service that were refused or given up until now. */
  failed(service: string): number {
    return this.#failed.get(service) ?? 0;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }
}
