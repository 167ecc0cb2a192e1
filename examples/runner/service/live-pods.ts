import { setTimeout as sleep } from 'node:timers/promises';
import { type Stoppable, waitFor } from '../../../dev/stack/index.ts';
import type { ClusterHands } from '../stack/cluster-hands.ts';

/** What is looked at of a Pod. */
export interface LivePod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Milliseconds between two looks. */
const LOOK_MS = 250;

/** The Pods of an app that are ready, as a Service sends requests to them. */
export class LivePods implements Stoppable {
  #pods: readonly LivePod[] = [];
  #turn = 0;
  readonly #stopping = new AbortController();
  readonly #looking: Promise<void>;

  constructor(cluster: ClusterHands, { namespace, app }: { readonly namespace: string; readonly app: string }) {
    this.#looking = this.#look(cluster, `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${app}`);
  }

  get count(): number {
    return this.#pods.length;
  }

  /** The one whose turn it is; undefined: none is ready. */
  next(): LivePod | undefined {
    this.#turn += 1;
    return this.#pods[this.#turn % this.#pods.length];
  }

  /** Settles when one is ready. */
  async untilReady(signal: AbortSignal): Promise<void> {
    await waitFor(() => Promise.resolve(this.count > 0), { what: 'a Pod to be ready', timeoutMs: 60_000, signal });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#looking;
  }

  async #look(cluster: ClusterHands, path: string): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      // The API server may be busy: what was seen last holds until then.
      const found = await cluster.get<{ readonly items: readonly LivePod[] }>(path).catch(() => undefined);
      if (found !== undefined) this.#pods = found.items.filter(isReady);
      await sleep(LOOK_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }
}

function isReady({ metadata, status }: LivePod): boolean {
  const ready = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
  return metadata.deletionTimestamp === undefined && ready === true;
}
