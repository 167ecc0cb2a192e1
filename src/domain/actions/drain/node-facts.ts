/** What of a node is looked at. Source: Kubernetes API, `core/v1`. */
export interface NodeObject {
  readonly metadata?: {
    readonly name?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly Taint[] };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** What of a node decides whether it can take Pods, and whether it may be emptied. */
export interface NodeFacts {
  readonly name: string;
  readonly uid: string;
  readonly isReady: boolean;
  readonly isCordoned: boolean;
  readonly isControlPlane: boolean;
  /** The node's own state keeps Pods away: not ready, under pressure, without a network. */
  readonly isTroubled: boolean;
  /** What people keep Pods away by, as `key=value:effect`: it says for whom the node is. */
  readonly reservedFor: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** Kubernetes itself sets and takes these, by the node's state. */
const BY_STATE = 'node.kubernetes.io/';

const CONTROL_PLANE = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

export function nodeFacts({ metadata = {}, spec = {}, status = {} }: NodeObject): NodeFacts {
  const labels = metadata.labels ?? {};
  const isCordoned = spec.unschedulable === true;
  const keepingAway = (spec.taints ?? []).filter(({ effect }) => effect !== 'PreferNoSchedule');
  return {
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    isReady: (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    isCordoned,
    isControlPlane: CONTROL_PLANE.some((label) => Object.hasOwn(labels, label)),
    isTroubled: keepingAway.some(({ key }) => key.startsWith(BY_STATE) && key !== `${BY_STATE}unschedulable`),
    reservedFor: keepingAway
      .filter(({ key }) => !key.startsWith(BY_STATE))
      .map(({ key, value = '', effect }) => `${key}=${value}:${effect}`),
    labels,
  };
}

/** The nodes that are for the same Pods as one node is. */
export interface Pool {
  /** How many there are, the node itself included. */
  readonly size: number;
  /** How many of the others are ready for them now. */
  readonly ready: number;
}

/** Nodes that are reserved for something are for its Pods alone, and those Pods are seldom wanted elsewhere. */
export function poolOf(node: NodeFacts, all: readonly NodeFacts[]): Pool {
  const others = all.filter(({ uid, reservedFor }) => {
    return uid !== node.uid && isSame(reservedFor, node.reservedFor);
  });
  const ready = others.filter(({ isReady, isCordoned, isTroubled }) => isReady && !isCordoned && !isTroubled);
  return { size: others.length + 1, ready: ready.length };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((taint) => other.includes(taint));
}
