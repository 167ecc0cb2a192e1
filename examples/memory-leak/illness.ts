import { waitFor } from '../../dev/stack/index.ts';
import type { Here, Illness } from '../runner/contract.ts';
import { areWell } from '../runner/well.ts';
import { asExpected, lookAtDeployment } from '../runner/workload.ts';
import { Memory } from './memory.ts';

/** Mebibytes. */
const LIMIT = 512;

const memories = new WeakMap<Here, Memory>();

async function startMemory(here: Here): Promise<void> {
  const { cluster, namespace, signal } = here;
  await waitFor(() => areWell(cluster, namespace), { what: 'the Pods to run', timeoutMs: 60_000, signal });
  memories.set(here, await Memory.start(here));
}

export const illness: Illness = {
  story: 'memory grows without end, and its limit is in sight: a rolling restart before it is reached',
  actions: ['restart'],
  prepare: startMemory,
  fault: {
    text: 'Sessions come in, of each of which sessions keeps a little memory',
    bring: (here) => {
      const memory = memories.get(here);
      if (memory !== undefined) memory.isUsed = true;
      return Promise.resolve();
    },
  },
  expected: { outcome: 'remediated', action: 'restart', paged: false },
  look: async (here) => {
    const most = Math.round(memories.get(here)?.most ?? 0);
    const { pods, isReady } = await lookAtDeployment(here.cluster, { namespace: here.namespace, name: 'sessions' });
    return asExpected(
      isReady && most < LIMIT,
      `${pods}, none of them took more than ${most} of the ${LIMIT} Mi that it may`,
    );
  },
};
