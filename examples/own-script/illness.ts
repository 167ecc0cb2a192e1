import { join } from 'node:path';
import type { Here, Illness } from '../runner/contract.ts';
import { asExpected } from '../runner/workload.ts';
import { Queue } from './queue.ts';
import { ScriptRunner } from './script-runner.ts';

interface Own {
  readonly queue: Queue;
  readonly runner: ScriptRunner;
  /** Number of the order that cannot be handled. */
  poisoned: number;
}

const owns = new WeakMap<Here, Own>();

async function startQueue(here: Here): Promise<void> {
  const queue = await Queue.start(here);
  const runner = await ScriptRunner.start(here, {
    template: 'park-message',
    programs: { '/park-message': join(import.meta.dirname, 'park-message.ts') },
    services: { 'http://orders.own-script.svc': `http://${queue.address}` },
  });
  owns.set(here, { queue, runner, poisoned: 0 });
  await here.scrape(queue.address);
}

export const illness: Illness = {
  story: "a queue is blocked by a message that cannot be handled: the team's own script parks it",
  actions: ['job'],
  prepare: startQueue,
  fault: {
    text: 'An order comes in that cannot be handled: it is tried again and again, and all others wait behind it',
    bring: (here) => {
      const own = owns.get(here);
      if (own !== undefined) own.poisoned = own.queue.add({ isPoisoned: true });
      return Promise.resolve();
    },
  },
  expected: { outcome: 'remediated', action: 'job', paged: false },
  look: (here) => {
    const own = owns.get(here);
    const parked = own?.queue.parked ?? [];
    const logs = own?.runner.readLogs.size ?? 0;
    return Promise.resolve(
      asExpected(
        parked.length === 1 && parked[0] === own?.poisoned && logs === 1,
        `order ${own?.poisoned} could not be handled, parked: ${parked.join(', ') || 'none'}; logs that were read: ${logs}`,
      ),
    );
  },
};
