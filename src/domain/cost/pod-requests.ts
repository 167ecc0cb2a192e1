import { parseQuantity } from './quantity.ts';

/** What the scheduler reserves. */
export interface PodRequests {
  /** CPU cores. */
  readonly cpu: number;
  /** Bytes of memory. */
  readonly memory: number;
}

type Resource = keyof PodRequests;
type Quantities = Readonly<Record<string, string>>;

export interface Requirements {
  readonly requests?: Quantities;
  readonly limits?: Quantities;
}

export interface ContainerLike {
  readonly name?: string;
  readonly restartPolicy?: string;
  readonly resources?: Requirements;
}

/** What of a Pod's spec, or of a template's, decides its requests. */
export interface PodSpecLike {
  readonly containers?: readonly ContainerLike[];
  readonly initContainers?: readonly ContainerLike[];
  readonly overhead?: Quantities;
  /** Of the Pod as a whole. */
  readonly resources?: Requirements;
}

/** What is reserved already, or still: a resize in place is under way, or cannot be had. */
interface Reserved {
  readonly allocatedResources?: Quantities;
  readonly resources?: Requirements;
}

/** What of a Pod's status decides its requests. */
export interface PodStatusLike extends Reserved {
  readonly containerStatuses?: readonly (Reserved & { readonly name?: string })[];
  readonly initContainerStatuses?: readonly (Reserved & { readonly name?: string })[];
  readonly conditions?: readonly { readonly type: string; readonly reason?: string }[];
}

/**
 * What the scheduler reserves for one Pod. Requests of the Pod as a whole count before those of its containers; of these
 * it is the sum of all with the sidecars, or the largest init container with the sidecars started before it, if that
 * needs more. Where a resize in place is not done, the larger of what is wanted, allocated and in force counts, and of
 * one that no node can give, what is wanted does not. The RuntimeClass's overhead comes on top. Zero means that nothing is
 * declared. Source: Kubernetes, `k8s.io/component-helpers/resource`, and the defaults of `core/v1`, by which a limit
 * without a request is the request.
 */
export function podRequests(spec: PodSpecLike, status: PodStatusLike = {}): PodRequests {
  return { cpu: requested(spec, status, 'cpu'), memory: requested(spec, status, 'memory') };
}

function requested(spec: PodSpecLike, status: PodStatusLike, resource: Resource): number {
  const isInfeasible = status.conditions?.find(({ type }) => type === 'PodResizePending')?.reason === 'Infeasible';
  const statuses = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  const statusOf = ({ name }: ContainerLike) => statuses.find((candidate) => candidate.name === name);
  const wanted = (container: ContainerLike) => declared(container.resources, resource);
  const orWanted = (container: ContainerLike) => (isInfeasible ? undefined : wanted(container));
  const allocated = (container: ContainerLike) =>
    statusOf(container)?.allocatedResources?.[resource] ?? orWanted(container);
  const inForce = (container: ContainerLike) =>
    statusOf(container)?.resources?.requests?.[resource] ?? allocated(container);

  const byContainers = largest([
    isInfeasible ? undefined : sumOf(spec, wanted),
    sumOf(spec, allocated),
    sumOf(spec, inForce),
  ]);
  const overhead = amount(spec.overhead?.[resource]);
  return (
    (byPod(spec, { status, resource, isInfeasible, overhead }) ?? byContainers ?? byLimit(spec, resource)) + overhead
  );
}

/** The overhead is part of what a Pod's status has, and of nothing else. */
function byPod(
  { resources }: PodSpecLike,
  {
    status,
    resource,
    isInfeasible,
    overhead,
  }: {
    readonly status: PodStatusLike;
    readonly resource: Resource;
    readonly isInfeasible: boolean;
    readonly overhead: number;
  },
): number | undefined {
  const wanted = resources?.requests?.[resource];
  if (wanted === undefined) return undefined;
  const reserved = [status.resources?.requests?.[resource], status.allocatedResources?.[resource]];
  const inStatus = reserved.map((quantity) => (quantity === undefined ? undefined : amount(quantity) - overhead));
  return largest([isInfeasible && largest(inStatus) !== undefined ? undefined : amount(wanted), ...inStatus]);
}

/** The Pod's own limit stands for a request that neither it nor any container declares. */
function byLimit({ resources }: PodSpecLike, resource: Resource): number {
  return amount(resources?.limits?.[resource]);
}

/** What the containers need at once, at most; undefined if none of them declares anything. */
function sumOf(spec: PodSpecLike, of: (container: ContainerLike) => string | undefined): number | undefined {
  const { containers = [], initContainers = [] } = spec;
  if ([...containers, ...initContainers].every((container) => of(container) === undefined)) return undefined;
  let sidecars = 0;
  let init = 0;
  for (const container of initContainers) {
    const needed = sidecars + amount(of(container));
    if (container.restartPolicy === 'Always') sidecars = needed;
    init = Math.max(init, needed);
  }
  return Math.max(
    init,
    containers.reduce((sum, container) => sum + amount(of(container)), sidecars),
  );
}

function declared(resources: Requirements | undefined, resource: Resource): string | undefined {
  return resources?.requests?.[resource] ?? resources?.limits?.[resource];
}

function largest(amounts: readonly (number | undefined)[]): number | undefined {
  const known = amounts.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function amount(quantity: string | undefined): number {
  const value = quantity === undefined ? 0 : parseQuantity(quantity);
  return Number.isFinite(value) ? value : 0;
}
