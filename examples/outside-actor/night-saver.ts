import type { Here } from '../runner/contract.ts';
import { repeat } from '../runner/repeat.ts';
import { deploymentPath } from '../runner/workload.ts';

/** Field manager by which its writes are known. */
const MANAGER = 'night-saver';

/** Milliseconds between two looks, and for how long a workload has to be at rest before it is trimmed. */
const LOOK_MS = 250;
const AT_REST_MS = 2000;

interface Deployment {
  readonly metadata: { readonly generation: number; readonly resourceVersion: string };
  readonly spec: { readonly replicas: number };
  readonly status?: { readonly observedGeneration?: number; readonly readyReplicas?: number };
}

/**
 * A controller that a company wrote for itself, and nobody remembers: at night one Pod of each workload is enough. It knows
 * nothing of Mendloop, and leaves no mark of ownership on what it trims.
 */
export class NightSaver {
  /** How often it has taken Pods away. */
  trimmed = 0;
  readonly #here: Here;
  readonly #name: string;
  #atRestSince = Number.POSITIVE_INFINITY;

  constructor(here: Here, name: string) {
    this.#here = here;
    this.#name = name;
  }

  start(): void {
    repeat(this.#here, LOOK_MS, () => this.#look());
  }

  async #look(): Promise<void> {
    const { cluster, namespace } = this.#here;
    const path = deploymentPath(namespace, this.#name);
    const { metadata, spec, status = {} } = await cluster.get<Deployment>(path);
    const isAtRest = status.observedGeneration === metadata.generation && status.readyReplicas === spec.replicas;
    if (!isAtRest) this.#atRestSince = Number.POSITIVE_INFINITY;
    else if (this.#atRestSince === Number.POSITIVE_INFINITY) this.#atRestSince = performance.now();
    if (spec.replicas <= 1 || performance.now() - this.#atRestSince < AT_REST_MS) return;
    const { resourceVersion } = metadata;
    await cluster.patch(`${path}?fieldManager=${MANAGER}`, { metadata: { resourceVersion }, spec: { replicas: 1 } });
    this.trimmed += 1;
    this.#here.note(`The night saver sets ${this.#name} from ${spec.replicas} to 1 Pod`);
  }
}
