import { waitFor } from '../../dev/stack/index.ts';
import { parseQuantity } from '../../src/domain/cost/quantity.ts';
import type { Here } from '../runner/contract.ts';
import { repeat } from '../runner/repeat.ts';
import { serveMetrics } from '../runner/serve-metrics.ts';

const CLAIM = 'data-ledger-0';
const VOLUME = '/api/v1/persistentvolumes/claim-full-ledger';

export const GIB = 1024 ** 3;

/** Milliseconds between two looks, and bytes that the program writes in such a while. */
const LOOK_MS = 200;
const WRITTEN = GIB / 5;

interface Claim {
  readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
  readonly status?: { readonly phase?: string; readonly capacity?: { readonly storage?: string } };
}

/**
 * The disk behind the claim, as its provider, the kubelet and the program in the Pod see it: it is made larger when the
 * claim asks for more, its size and what is on it are told under the kubelet's names, and what does not fit any more cannot
 * be written.
 */
export class Disk {
  /** Bytes that the program has written, and those that it wants to have written. */
  used = 6 * GIB;
  wanted = 6 * GIB;
  /** Bytes. */
  capacity = 0;
  readonly #here: Here;

  private constructor(here: Here) {
    this.#here = here;
  }

  /** Settles when it is bound, and measured. Ends with the example. */
  static async start(here: Here): Promise<Disk> {
    const disk = new Disk(here);
    repeat(here, LOOK_MS, () => disk.#look());
    const isBound = () => Promise.resolve(disk.capacity > 0);
    await waitFor(isBound, { what: 'the claim to be bound', timeoutMs: 60_000, signal: here.signal });
    await serveMetrics(here, () => disk.#metrics());
    return disk;
  }

  async #look(): Promise<void> {
    const { cluster, namespace } = this.#here;
    const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${CLAIM}`;
    const { spec, status = {} } = await cluster.get<Claim>(path);
    this.capacity = parseQuantity(status.capacity?.storage ?? '0');
    this.used = Math.max(this.used, Math.min(this.used + WRITTEN, this.wanted, this.capacity));
    const { storage } = spec.resources.requests;
    if (status.phase !== 'Bound' || parseQuantity(storage) <= this.capacity) return;
    // As a provider's resizer does it: first the volume, then what the claim has.
    await cluster.patch(VOLUME, { spec: { capacity: { storage } } });
    await cluster.patch(`${path}/status`, { status: { capacity: { storage } } });
  }

  #metrics(): string {
    const { namespace } = this.#here;
    const labels = `{job="kubelet",metrics_path="/metrics",namespace="${namespace}",persistentvolumeclaim="${CLAIM}"}`;
    const values = { capacity: this.capacity, available: this.capacity - this.used, used: this.used };
    return Object.entries(values)
      .map(([name, value]) => `kubelet_volume_stats_${name}_bytes${labels} ${value}\n`)
      .join('');
  }
}
