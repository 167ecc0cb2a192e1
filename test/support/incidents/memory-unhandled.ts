import type { UnhandledAlert } from '../../../src/domain/incident/unhandled.ts';
import type { UnhandledStore, Unwanted } from '../../../src/store/unhandled/unhandled-store.ts';

/** Unhandled alerts in memory. */
export class MemoryUnhandled implements UnhandledStore {
  readonly recorded: Unwanted[] = [];
  listed: UnhandledAlert[] = [];
  readonly asked: unknown[] = [];
  /** How many times something was counted. */
  calls = 0;
  gate: () => void = () => undefined;

  record({ alerts }: Parameters<UnhandledStore['record']>[0]): Promise<void> {
    return new Promise((resolve) => {
      this.calls += 1;
      this.gate();
      this.recorded.push(...alerts);
      resolve();
    });
  }

  list(request: Parameters<UnhandledStore['list']>[0]): Promise<readonly UnhandledAlert[]> {
    this.asked.push(request);
    return Promise.resolve(this.listed);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
