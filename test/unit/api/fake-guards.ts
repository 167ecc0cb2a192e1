import type { HumanOrder } from '../../../src/domain/guards/human-order.ts';
import type { GuardOverview } from '../../../src/domain/guards/overview.ts';
import type { GuardStore } from '../../../src/store/store.ts';
import { OPEN } from '../../support/store/requests.ts';

/** Guards in memory; it records the orders that reached it. */
export class FakeGuards implements GuardStore {
  readonly orders: ({ readonly what: string; readonly target?: string } & HumanOrder)[] = [];
  paused: (HumanOrder & { since: number }) | undefined;
  targets: GuardOverview['targets'] = [];
  /** Awaited by every call; throw to fail it. */
  gate: () => Promise<void> | void = () => undefined;

  async overview(): Promise<GuardOverview> {
    await this.gate();
    const state = {
      ...{ at: 1, limits: OPEN, holders: [], queue: [], actionsInLastHour: 0, recent: [] },
      ...(this.paused === undefined ? {} : { paused: this.paused }),
    };
    return { cluster: 'default', guard: { state }, targets: this.targets, ledgers: [], truncated: false };
  }

  async pause(order: HumanOrder) {
    await this.gate();
    this.orders.push({ what: 'pause', ...order });
    this.paused = { ...order, since: 1 };
  }

  async resume(order: HumanOrder) {
    await this.gate();
    this.orders.push({ what: 'resume', ...order });
    const wasPaused = this.paused !== undefined;
    this.paused = undefined;
    return wasPaused;
  }

  async reset({ target, order }: { target: string; order: HumanOrder }) {
    await this.gate();
    this.orders.push({ what: 'reset', target, ...order });
    return this.targets.some((reading) => reading.target === target);
  }
}
