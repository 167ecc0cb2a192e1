import { onTestFinished } from 'vitest';
import { openStore, type StoreOptions } from '../../../src/store/open-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { OPEN } from '../../support/store/requests.ts';
import type { Bench, Place } from '../audit/benches.ts';

/** An empty store, which several processes may open, and a way around every rule of it. */
export interface StorePlace extends Place {
  /** As another process would open it; closed when the test is over. */
  open(options?: Partial<Omit<StoreOptions, 'settings'>>): Promise<Store>;
}

export async function placeStore(bench: Bench, settings: object = {}): Promise<StorePlace> {
  const place = await bench.place(settings);
  return {
    ...place,
    open: async (options = {}) => {
      const store = await openStore({ settings: place.settings, limits: OPEN, cluster: 'default', ...options });
      onTestFinished(() => store.close());
      return store;
    },
  };
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
