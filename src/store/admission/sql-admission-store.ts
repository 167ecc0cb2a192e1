import type { FenceAnswer, FenceRequest } from '../../domain/admission/admission.ts';
import type { ClusterLimits } from '../../domain/guards/cluster-limits.ts';
import { BatchQueue } from '../batch-queue.ts';
import type { Database } from '../database.ts';
import type { AdmissionStore, SendWakeUp } from '../store.ts';
import { AdmissionQueue } from './admission-queue.ts';
import { type CommitParts, foreseeOperation, previewOperation } from './commit.ts';
import { askFences } from './fence-query.ts';
import { ForeseenScenes } from './foreseen-scenes.ts';
import { admitting, leaving, vanishing } from './operations.ts';
import { Outbox } from './outbox.ts';
import { readChanges } from './read-changes.ts';
import { reconcileStore } from './reconcile-store.ts';
import { sweepStore } from './sweep-store.ts';

/** Fences of one statement. */
const MAX_FENCES = 200;

export interface AdmissionStoreOptions {
  readonly database: Pick<Database, 'run'>;
  /** In force for what this process works out: give all processes the same. */
  readonly limits: ClusterLimits;
  /** Absent: what this process commits is sent by the sweep of another. */
  readonly send?: SendWakeUp | undefined;
  /** A circuit breaker has opened or closed, by a commit of this process. */
  readonly onBreaker?: ((to: 'open' | 'closed') => void) | undefined;
  /** Epoch ms; absent: the clock of the database. */
  readonly now?: (() => number) | undefined;
}

/** Admission in the tables of the store's database; what is asked for at the same time shares a commit. */
export class SqlAdmissionStore implements AdmissionStore {
  readonly #parts: CommitParts;
  readonly queue: AdmissionQueue;
  readonly #outbox: Outbox;
  readonly #fences: BatchQueue<FenceRequest, FenceAnswer>;

  constructor({ database, limits, send, onBreaker, now }: AdmissionStoreOptions) {
    this.#parts = { database, limits, now, foreseen: new ForeseenScenes() };
    this.#outbox = new Outbox({ database, send, now, onGone: (id) => this.#vanish(id) });
    this.queue = new AdmissionQueue({ ...this.#parts, outbox: this.#outbox, onBreaker });
    this.#fences = new BatchQueue<FenceRequest, FenceAnswer>({
      run: (requests) => askFences(database, requests),
      weigh: () => 1,
      maxWeight: MAX_FENCES,
    });
  }

  readonly admit: AdmissionStore['admit'] = (request) => this.queue.run(request.cluster, admitting(request));

  readonly foresee: AdmissionStore['foresee'] = (request) =>
    foreseeOperation(this.#parts, { cluster: request.cluster, operation: admitting(request) });

  readonly preview: AdmissionStore['preview'] = (request) =>
    previewOperation(this.#parts, { cluster: request.cluster, operation: admitting(request) });

  readonly changes: AdmissionStore['changes'] = (question) => readChanges(this.#parts.database, question);

  readonly fence: AdmissionStore['fence'] = (request) => this.#fences.ask(request);

  readonly leave: AdmissionStore['leave'] = (request) => this.queue.run(request.cluster, leaving(request));

  readonly sweep: AdmissionStore['sweep'] = (request) =>
    sweepStore({ ...this.#parts, queue: this.queue, outbox: this.#outbox }, request);

  readonly reconcile: AdmissionStore['reconcile'] = (request) =>
    reconcileStore({ ...this.#parts, outbox: this.#outbox }, request);

  /** Settles when nothing is under way any more; what could not be sent is left to the sweep. */
  async close(): Promise<void> {
    await this.queue.drain();
    await this.#outbox.close();
  }

  /** The workflow of one that was to be woken has ended. */
  async #vanish(remediationId: string): Promise<void> {
    const [row] = await this.#parts.database.run({
      text: `SELECT cluster FROM mendloop.claim WHERE remediation_id = $1 AND status <> 'left'`,
      values: [remediationId],
    });
    if (row?.['cluster'] != null) await this.queue.run(row['cluster'], vanishing([remediationId]));
  }
}
