import { waitFor } from '../../dev/stack/index.ts';
import type { Here, Illness } from '../runner/contract.ts';
import { asExpected, lookAtDeployment } from '../runner/workload.ts';
import { NightSaver } from './night-saver.ts';

const savers = new WeakMap<Here, NightSaver>();

async function save(here: Here): Promise<void> {
  const saver = new NightSaver(here, 'checkout');
  savers.set(here, saver);
  saver.start();
  const { signal } = here;
  await waitFor(() => saver.trimmed > 0, { what: 'the saver to take Pods away', timeoutMs: 30_000, signal });
}

export const illness: Illness = {
  story: 'another controller sets back what was done: it is left alone, and a human is called',
  actions: ['scale'],
  fault: { text: 'A forgotten controller starts, for which one Pod of each workload is enough at night', bring: save },
  // The first while Pods are waited for, the second afterwards.
  expected: { outcome: 'escalated', action: 'scale', fault: ['TargetChanged', 'LeverMoved'], paged: true },
  look: async (here) => {
    const { cluster, namespace, signal } = here;
    const look = () => lookAtDeployment(cluster, { namespace, name: 'checkout' });
    // The Pods that it took away last may still be going.
    const isAtRest = async () => (await look()).isReady;
    await waitFor(isAtRest, { what: 'checkout to be at rest', timeoutMs: 30_000, signal });
    const trimmed = savers.get(here)?.trimmed;
    const { pods } = await look();
    return asExpected(
      pods === '1 of 1 Pods are ready' && trimmed === 2,
      `${pods}, as the other controller wants it; it took Pods away ${trimmed} times: by the fault, and after the cure`,
    );
  },
};
