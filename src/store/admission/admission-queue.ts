import { MendloopError } from '../../domain/failures.ts';
import { BatchQueue } from '../batch-queue.ts';
import type { KnownHead } from '../store.ts';
import { type CommitParts, commitOperations } from './commit.ts';
import type { Operation } from './operation.ts';
import { turning } from './operations.ts';
import type { Outbox } from './outbox.ts';

/** Operations of one commit: a storm must not make one that runs into the time limit of a statement. */
const MAX_OPERATIONS = 200;

/** Milliseconds for which the process that committed a wake-up sends it itself, before a sweep does. */
const SENDS_FOR_MS = 10_000;

/** What became of one operation of a batch. */
interface Result {
  readonly error?: Error;
}

export interface AdmissionQueueOptions extends CommitParts {
  readonly outbox: Outbox;
  /** A circuit breaker has opened or closed. */
  readonly onBreaker?: ((to: 'open' | 'closed') => void) | undefined;
}

/**
 * Does what is asked for while a commit is under way all together in the next one, for each cluster by itself. What one of
 * them gets wrong does not fail the others.
 */
export class AdmissionQueue {
  readonly #options: AdmissionQueueOptions;
  readonly #queues = new Map<string, BatchQueue<Operation<unknown>, Result>>();
  #head: KnownHead | undefined;

  constructor(options: AdmissionQueueOptions) {
    this.#options = options;
  }

  /** The last place in the audit log that this process has heard of. */
  get known(): KnownHead | undefined {
    return this.#head;
  }

  /** A place in the audit log that was seen: a store without it is not the one that was. */
  know(head: KnownHead): void {
    const { seq, generation } = this.#head ?? { seq: 0, generation: 0 };
    if (head.generation > generation || (head.generation === generation && head.seq > seq)) this.#head = head;
  }

  /** @throws MendloopError `StoreUnavailable`, `StoreRestored`. */
  async run<Answer>(cluster: string, operation: Operation<Answer>): Promise<Answer> {
    const answers: Answer[] = [];
    const { error } = await this.#queueOf(cluster).ask({
      needs: operation.needs,
      apply: (draft) => void (answers[0] = operation.apply(draft)),
    });
    if (error !== undefined) throw error;
    return answers[0] as Answer;
  }

  /** By itself, and also in a store that has to be reconciled: a person's order. @throws MendloopError `StoreUnavailable`. */
  async order<Answer>(cluster: string, operation: Operation<Answer>): Promise<Answer> {
    const answers: Answer[] = [];
    const { needs } = operation;
    const apply: Operation<void>['apply'] = (draft) => void (answers[0] = operation.apply(draft));
    await this.#commit(cluster, [{ needs, apply }], true);
    return answers[0] as Answer;
  }

  /** Settles when nothing is under way any more. Never rejects. */
  async drain(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.drain()));
  }

  #queueOf(cluster: string): BatchQueue<Operation<unknown>, Result> {
    const known = this.#queues.get(cluster);
    if (known !== undefined) return known;
    const queue = new BatchQueue<Operation<unknown>, Result>({
      run: (operations) => this.#commitAll(cluster, operations),
      weigh: () => 1,
      maxWeight: MAX_OPERATIONS,
    });
    this.#queues.set(cluster, queue);
    return queue;
  }

  async #commitAll(cluster: string, operations: readonly Operation<unknown>[]): Promise<readonly Result[]> {
    try {
      await this.#commit(cluster, operations);
      return operations.map(() => ({}));
    } catch (error) {
      const isItsOwn = !(error instanceof MendloopError) || error.type === 'Internal';
      if (!isItsOwn || operations.length === 1) return operations.map(() => ({ error: asError(error) }));
      const results: Result[] = [];
      for (const operation of operations) results.push(...(await this.#commitAll(cluster, [operation])));
      return results;
    }
  }

  async #commit(cluster: string, operations: readonly Operation<unknown>[], whileRestored = false): Promise<void> {
    const { outbox, onBreaker } = this.#options;
    const { messages, head, mayGoOn, breakers } = await commitOperations(this.#options, {
      ...{ cluster, operations, whileRestored, known: this.#head },
      sendsForMs: outbox.canSend ? SENDS_FOR_MS : 0,
    });
    if (head !== undefined) this.know(head);
    outbox.send(messages);
    for (const to of breakers) onBreaker?.(to);
    // What fails here is done by the next commit, or by the sweep.
    if (mayGoOn)
      void this.#queueOf(cluster)
        .ask(turning())
        .catch(() => undefined);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new MendloopError('Internal', 'something that is no error was thrown');
}
