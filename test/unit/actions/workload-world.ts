import type { JsonPatch, KubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';
import { answered, FAILED_PATCH } from '../kubernetes/answers.ts';

interface Managed {
  readonly manager: string;
  readonly time: string;
  readonly fieldsV1: object;
}

/** An object as the API server keeps it. */
interface Stored {
  kind: string;
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    generation: number;
    annotations: Record<string, string>;
    managedFields: Managed[];
  };
  spec: Record<string, unknown>;
  status?: object;
}

const WORKLOAD = '/apis/apps/v1/namespaces/production/deployments/order-service';
const AUTOSCALER = '/apis/autoscaling/v2/namespaces/production/horizontalpodautoscalers/order-scaler';

/** The API server's clock, which only goes on when it is told to. */
const START = Date.parse('2026-11-29T08:00:00Z');

/** One Deployment, with an autoscaler if so wanted, on an API server that does what patches ask and notes who did. */
export class WorkloadWorld {
  readonly objects = new Map<string, Stored>();
  /** Bodies of what was created, by path: Events. */
  readonly created: { readonly path: string; readonly body: Record<string, unknown> }[] = [];
  /** Is called before each patch: another hand may be faster. */
  beforePatch: () => void = () => undefined;
  #seconds = 0;

  constructor({ replicas, minReplicas }: { replicas: number; minReplicas?: number }) {
    this.#store(WORKLOAD, 'Deployment', { name: 'order-service', spec: { replicas, template: { spec: {} } } });
    if (minReplicas === undefined) return;
    this.#store(AUTOSCALER, 'HorizontalPodAutoscaler', {
      name: 'order-scaler',
      spec: {
        ...{ minReplicas, maxReplicas: 9 },
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'order-service' },
      },
    });
  }

  get workload(): Stored {
    return this.#find(WORKLOAD);
  }

  /** Another hand sets the lever. */
  set(manager: string, value: number): void {
    const path = this.objects.has(AUTOSCALER) ? AUTOSCALER : WORKLOAD;
    this.#write(this.#find(path), path === AUTOSCALER ? 'minReplicas' : 'replicas', { manager, value });
  }

  /** The object is deleted, and created under the same name if so wanted. */
  replace(replicas?: number): void {
    this.objects.delete(WORKLOAD);
    if (replicas !== undefined) {
      this.#store(WORKLOAD, 'Deployment', { name: 'order-service', uid: 'anew', spec: { replicas } });
    }
  }

  /** The controller catches up with what is wanted. */
  roll(conditions: object[] = [], ready?: number): void {
    const { spec, metadata } = this.workload;
    const replicas = spec['replicas'] as number;
    const count = ready ?? replicas;
    this.workload.status = {
      ...{ observedGeneration: metadata.generation, replicas, updatedReplicas: replicas, conditions },
      ...{ readyReplicas: count, availableReplicas: count },
    };
  }

  /** Lets the API server's clock go on. */
  pass(seconds: number): string {
    this.#seconds += seconds;
    return this.now;
  }

  get now(): string {
    return new Date(START + this.#seconds * 1000).toISOString().replace('.000', '');
  }

  readonly kubernetes: KubernetesClient = {
    cluster: 'default',
    getText: () => Promise.reject(new Error('not part of this test')),
    get: <T>(path: string) => {
      if (path.endsWith('/horizontalpodautoscalers')) {
        const autoscaler = this.objects.get(AUTOSCALER);
        return Promise.resolve({ items: autoscaler === undefined ? [] : [autoscaler] } as T);
      }
      if (path.endsWith('/pods')) return Promise.resolve({ items: [] } as T);
      if (/^\/api\/v1\/namespaces\/[^/]+$/.test(path)) return Promise.resolve({ metadata: {} } as T);
      return this.#answer(() => structuredClone(this.#view(path)) as T);
    },
    jsonPatch: (path, patch, query) => {
      this.beforePatch();
      return this.#answer(() => {
        this.#apply(this.#find(path.replace(/\/scale$/, '')), patch, query?.['fieldManager'] ?? '');
      });
    },
    previewJsonPatch: <T>(path: string, patch: JsonPatch) =>
      this.#answer(() => {
        const copy = structuredClone(this.#find(path.replace(/\/scale$/, '')));
        this.#apply(copy, patch, '');
        return (path.endsWith('/scale') ? scaleOf(copy) : copy) as T;
      }),
    mergePatch: (path, patch) =>
      this.#answer(() => {
        const { metadata } = patch as { metadata: { annotations: Record<string, string> } };
        Object.assign(this.#find(path).metadata.annotations, metadata.annotations);
      }),
    post: () => Promise.reject(new Error('not part of this test')),
    create: (path, body) => {
      this.created.push({ path, body: body as Record<string, unknown> });
      return Promise.resolve();
    },
    remove: () => Promise.reject(new Error('not part of this test')),
    // A watch that ends at once: what is true is read again.
    watch: async function* () {
      await Promise.resolve();
      yield* [];
    },
  };

  #store(path: string, kind: string, { name, uid = 'uid', spec }: { name: string; uid?: string; spec: object }): void {
    const metadata = { name, namespace: 'production', uid, generation: 1, annotations: {}, managedFields: [] };
    this.objects.set(path, { kind, metadata, spec: { ...spec } });
  }

  #find(path: string): Stored {
    const object = this.objects.get(path);
    if (object === undefined) throw answered({ status: 404, reason: 'NotFound', message: 'not found' }, path);
    return object;
  }

  #view(path: string): object {
    return path.endsWith('/scale') ? scaleOf(this.#find(path.replace(/\/scale$/, ''))) : this.#find(path);
  }

  #apply(object: Stored, patch: JsonPatch, manager: string): void {
    for (const step of patch) {
      const keys = step.path
        .slice(1)
        .split('/')
        .map((key) => key.replaceAll('~1', '/'));
      const name = keys.at(-1) ?? '';
      const parent = keys
        .slice(0, -1)
        .reduce<Record<string, unknown>>(
          (value, key) => (value[key] ?? {}) as Record<string, unknown>,
          object as unknown as Record<string, unknown>,
        );
      if (step.op === 'test' ? parent[name] !== step.value : step.op === 'remove' && !Object.hasOwn(parent, name)) {
        throw answered(FAILED_PATCH);
      }
      if (step.op === 'add') this.#write(object, name, { manager, value: step.value });
      if (step.op === 'remove') Reflect.deleteProperty(parent, name);
    }
  }

  #write(object: Stored, field: string, { manager, value }: { manager: string; value: unknown }): void {
    const owns = ({ fieldsV1 }: Managed) => JSON.stringify(fieldsV1).includes(`f:${field}"`);
    const mine = { manager, time: this.now, fieldsV1: { 'f:spec': { [`f:${field}`]: {} } } };
    const isSame = object.spec[field] === value;
    const others = object.metadata.managedFields.filter(
      (entry) => !owns(entry) || (isSame && entry.manager !== manager),
    );
    object.metadata.managedFields = [...others, mine];
    object.spec[field] = value;
    object.metadata.generation += isSame ? 0 : 1;
  }

  async #answer<T>(read: () => T): Promise<T> {
    return await Promise.resolve().then(read);
  }
}

function scaleOf({ metadata: { name, namespace, uid }, spec }: Stored): object {
  return { kind: 'Scale', metadata: { name, namespace, uid }, spec: { replicas: spec['replicas'] } };
}
