import { waitFor } from '../../dev/stack/index.ts';
import type { Here, Illness } from '../runner/contract.ts';
import { asExpected } from '../runner/workload.ts';
import { Disk, GIB } from './disk.ts';

const VOLUME = '/api/v1/persistentvolumes/claim-full-ledger';
const STORAGE_CLASS = '/apis/storage.k8s.io/v1/storageclasses/claim-full-disks';

/** Milliseconds for a volume to be gone once its claim is. */
const GONE_WITHIN_MS = 60_000;

const disks = new WeakMap<Here, Disk>();

const gib = (bytes = 0) => `${Math.round((bytes / GIB) * 10) / 10} Gi`;

export const illness: Illness = {
  story: 'an import fills a volume: the claim is made larger by a step, once a human has said yes',
  actions: ['expand_volume'],
  prepare: async (here) => {
    disks.set(here, await Disk.start(here));
  },
  fault: {
    text: 'An import begins to write 5 Gi to a disk of 10 Gi that holds 6 Gi',
    bring: (here) => {
      const disk = disks.get(here);
      if (disk !== undefined) disk.wanted = 11 * GIB;
      here.approve('the import is known, and 15 Gi are paid for');
      return Promise.resolve();
    },
  },
  expected: { outcome: 'remediated', action: 'expand_volume', paged: false },
  look: async (here) => {
    const { spec } = await here.cluster.get<{ spec: { capacity: { storage: string } } }>(VOLUME);
    const disk = disks.get(here);
    // What it still writes has room by now.
    const isWritten = () => Promise.resolve(disk?.used === disk?.wanted);
    await waitFor(isWritten, { what: 'the import to end', timeoutMs: 30_000, signal: here.signal });
    return asExpected(
      spec.capacity.storage === '15Gi',
      `the volume has ${spec.capacity.storage}, the import is done and takes ${gib(disk?.used)}`,
    );
  },
  cleanUp: async ({ cluster }) => {
    await cluster.remove(VOLUME);
    await cluster.remove(STORAGE_CLASS);
    const isGone = async () => !(await cluster.has(VOLUME));
    await waitFor(isGone, { what: 'the volume to be gone', timeoutMs: GONE_WITHIN_MS });
  },
};
