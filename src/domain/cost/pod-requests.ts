import type { PodRequests } from '../actions/effects.ts';
import { parseQuantity } from './quantity.ts';

type Quantities = Readonly<Record<string, string>>;

interface ContainerLike {
  readonly restartPolicy?: string;
  readonly resources?: { readonly requests?: Quantities; readonly limits?: Quantities };
}

/** What of a Pod's spec decides its requests. */
export interface PodSpecLike {
  readonly containers?: readonly ContainerLike[];
  readonly initContainers?: readonly ContainerLike[];
  readonly overhead?: Quantities;
}

/**
 * What the scheduler reserves for one Pod: the sum of its containers and sidecars, or its largest init container (with
 * the sidecars started before it) if that needs more. A container without a request is reserved its limit. Zero means
 * that nothing is declared.
 */
export function podRequests(spec: PodSpecLike): PodRequests {
  return { cpu: requested(spec, 'cpu'), memory: requested(spec, 'memory') };
}

function requested(spec: PodSpecLike, resource: 'cpu' | 'memory'): number {
  const of = ({ resources }: ContainerLike) => amount(resources?.requests?.[resource] ?? resources?.limits?.[resource]);
  let sidecars = 0;
  let init = 0;
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      sidecars += of(container);
      init = Math.max(init, sidecars);
    } else {
      init = Math.max(init, sidecars + of(container));
    }
  }
  const main = (spec.containers ?? []).reduce((sum, container) => sum + of(container), sidecars);
  return Math.max(main, init) + amount(spec.overhead?.[resource]);
}

function amount(quantity: string | undefined): number {
  const value = quantity === undefined ? 0 : parseQuantity(quantity);
  return Number.isFinite(value) ? value : 0;
}
