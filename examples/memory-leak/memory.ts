import type { Here } from '../runner/contract.ts';
import { repeat } from '../runner/repeat.ts';
import { serveMetrics } from '../runner/serve-metrics.ts';

const MIB = 1024 ** 2;

/** Milliseconds between two looks at the Pods. */
const LOOK_MS = 200;

/** Mebibytes of a Pod that has just begun, of one that has run for days, and what it keeps of a second's sessions. */
const FRESH = 60;
const OLD = 310;
const LEAK = 3;

interface Pod {
  readonly metadata: { readonly uid: string; readonly name: string };
  readonly status: { readonly phase: string };
}

/**
 * What the kubelets' cAdvisor tells of the memory of the Pods, kwok's running nothing: of each that runs, it grows from its
 * own beginning for as long as sessions come in, and ends with it.
 */
export class Memory {
  /** Sessions come in. */
  isUsed = false;
  /** The most that a Pod has taken, in mebibytes. */
  most = 0;
  readonly #here: Here;
  /** Mebibytes, by the Pod's UID. */
  readonly #taken = new Map<string, { readonly pod: string; mebibytes: number }>();
  #lookedAt = performance.now();
  #isFirst = true;

  private constructor(here: Here) {
    this.#here = here;
  }

  /** The Pods that there are have run for days. Ends with the example. */
  static async start(here: Here): Promise<Memory> {
    const memory = new Memory(here);
    await memory.#look();
    memory.#isFirst = false;
    repeat(here, LOOK_MS, () => memory.#look());
    await serveMetrics(here, () => memory.#metrics());
    return memory;
  }

  async #look(): Promise<void> {
    const { cluster, namespace } = this.#here;
    const { items } = await cluster.get<{ items: Pod[] }>(`/api/v1/namespaces/${namespace}/pods`);
    const running = items.filter(({ status }) => status.phase === 'Running');
    for (const uid of this.#taken.keys()) {
      if (!running.some(({ metadata }) => metadata.uid === uid)) this.#taken.delete(uid);
    }
    const seconds = (performance.now() - this.#lookedAt) / 1000;
    this.#lookedAt += seconds * 1000;
    if (this.isUsed) for (const one of this.#taken.values()) one.mebibytes += LEAK * seconds;
    for (const { metadata } of running) {
      const { uid, name: pod } = metadata;
      if (!this.#taken.has(uid)) this.#taken.set(uid, { pod, mebibytes: this.#isFirst ? OLD : FRESH });
    }
    this.most = Math.max(this.most, ...[...this.#taken.values()].map(({ mebibytes }) => mebibytes));
  }

  #metrics(): string {
    const { namespace } = this.#here;
    return [...this.#taken.values()]
      .map(({ pod, mebibytes }) => {
        const labels = `{namespace="${namespace}",pod="${pod}",container="main"}`;
        return `container_memory_working_set_bytes${labels} ${Math.round(mebibytes * MIB)}\n`;
      })
      .join('');
  }
}
