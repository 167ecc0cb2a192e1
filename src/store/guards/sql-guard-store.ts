import { randomUUID } from 'node:crypto';
import type { Ordered } from '../../domain/admission/order.ts';
import type { AuditEntry } from '../../domain/audit/audit-entry.ts';
import type { HumanOrder } from '../../domain/guards/human-order.ts';
import type { AdmissionQueue } from '../admission/admission-queue.ts';
import type { CommitParts } from '../admission/commit.ts';
import { pausing, resetting, resuming } from '../admission/operations.ts';
import type { GuardStore } from '../store.ts';
import { readOverview } from './read-overview.ts';

export interface GuardStoreOptions extends CommitParts {
  /** Name of the cluster in targets. */
  readonly cluster: string;
  readonly queue: Pick<AdmissionQueue, 'order'>;
}

/** What people see of the guards of one cluster, and what they order. */
export class SqlGuardStore implements GuardStore {
  readonly #options: GuardStoreOptions;

  constructor(options: GuardStoreOptions) {
    this.#options = options;
  }

  readonly overview: GuardStore['overview'] = () => readOverview(this.#options);

  readonly pause: GuardStore['pause'] = async (order) => {
    const { queue, cluster } = this.#options;
    await queue.order(cluster, pausing(this.#ordered('pause', order)));
  };

  readonly resume: GuardStore['resume'] = async (order) => {
    const { queue, cluster } = this.#options;
    return await queue.order(cluster, resuming(this.#ordered('resume', order)));
  };

  readonly reset: GuardStore['reset'] = async ({ target, order }) => {
    const { queue, cluster } = this.#options;
    return await queue.order(cluster, resetting({ target, ...this.#ordered('reset', order, target) }));
  };

  #ordered(what: 'pause' | 'resume' | 'reset', order: HumanOrder, target?: string): Ordered {
    const { cluster, now = Date.now } = this.#options;
    const audit: AuditEntry = {
      key: `guard/${cluster}/${what}/${randomUUID()}`,
      at: new Date(now()).toISOString(),
      actor: order.by,
      kind: 'guard',
      ...(target === undefined ? {} : { target }),
      data: { order: what, cluster, reason: order.reason },
    };
    return { order, audit };
  }
}
