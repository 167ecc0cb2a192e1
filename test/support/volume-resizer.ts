import type { TestCluster } from './cluster.ts';

/** A claim with this label does not grow, as one whose provider is busy. */
export const HOLD_RESIZE = 'test.mendloop.dev/hold-resize';

interface Claim {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
  readonly status?: { readonly phase?: string; readonly capacity?: { readonly storage?: string } };
}

const PAUSE_MS = 200;

/**
 * Plays the resizer of a storage provider, which a control plane without one lacks: a bound claim has what it asks for a
 * moment later. Ends with the API server.
 */
export function startResizer({ human }: TestCluster): void {
  const grow = async () => {
    const { items } = await human.get<{ items: Claim[] }>('/api/v1/persistentvolumeclaims');
    for (const { metadata, spec, status } of items) {
      const { storage } = spec.resources.requests;
      const isDue = status?.phase === 'Bound' && status.capacity?.storage !== storage;
      if (!isDue || metadata.labels?.[HOLD_RESIZE] !== undefined) continue;
      const path = `/api/v1/namespaces/${metadata.namespace}/persistentvolumeclaims/${metadata.name}/status`;
      // It may have been deleted meanwhile.
      await human.patch(path, { status: { capacity: { storage } } }).catch(() => undefined);
    }
  };
  const goOn = () => {
    void grow().then(
      () => setTimeout(goOn, PAUSE_MS).unref(),
      () => undefined,
    );
  };
  goOn();
}
