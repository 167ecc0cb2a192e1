import { CancellationScope } from '@temporalio/workflow';

/** The undo of one step. It must tolerate a step that never happened, and being run twice. */
export interface Compensation<R> {
  /** What is undone, for people. */
  readonly name: string;
  readonly undo: () => Promise<R>;
}

export type CompensationResult<R> =
  | { readonly name: string; readonly ok: true; readonly result: R }
  | { readonly name: string; readonly ok: false; readonly error: unknown };

/**
 * The undo steps of what has been done so far. Register an undo *before* its step: the step may take effect without
 * its result ever being heard.
 */
export class Saga<R> {
  readonly #compensations: Compensation<R>[] = [];

  register(compensation: Compensation<R>): void {
    this.#compensations.push(compensation);
  }

  /** What was announced last has not happened, for certain. */
  forget(): void {
    this.#compensations.pop();
  }

  get isEmpty(): boolean {
    return this.#compensations.length === 0;
  }

  /**
   * Runs every undo in reverse order, shielded from cancellation, past those that fail; then forgets them. Never
   * throws: each result says for itself whether it succeeded.
   */
  async compensate(): Promise<CompensationResult<R>[]> {
    const pending = this.#compensations.splice(0).reverse();
    return await CancellationScope.nonCancellable(async () => {
      const results: CompensationResult<R>[] = [];
      for (const { name, undo } of pending) {
        try {
          results.push({ name, ok: true, result: await undo() });
        } catch (error) {
          results.push({ name, ok: false, error });
        }
      }
      return results;
    });
  }
}
