import { confirmedAt, type SaidCondition } from '../target/said-of-object.ts';

/** What of a node is looked at. Source: Kubernetes API, `core/v1`. */
export interface NodeObject {
  readonly metadata?: {
    readonly name?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly Taint[] };
  readonly status?: { readonly conditions?: readonly NodeCondition[] };
}

type NodeCondition = SaidCondition;

/** Source: Kubernetes API, `core/v1`. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** What of a node decides whether it can take Pods, and whether it may be emptied. */
export interface NodeFacts {
  readonly name: string;
  readonly uid: string;
  /** It says that it is, and has said so of late. */
  readonly isReady: boolean;
  readonly isCordoned: boolean;
  readonly isControlPlane: boolean;
  /** The node's own state keeps Pods away: not ready, under pressure, without a network. */
  readonly isTroubled: boolean;
  /** What people keep Pods away by, as `key=value:effect`: it says for whom the node is. */
  readonly reservedFor: readonly string[];
  readonly taints: readonly Taint[];
  readonly labels: Readonly<Record<string, string>>;
}

/** Kubernetes itself sets and takes these, by the node's state. */
export const BY_STATE = 'node.kubernetes.io/';

/**
 * Milliseconds after which what a node said of itself is worth nothing. The kubelet says it every five minutes although
 * nothing has changed, and who marks silent nodes as such may be silent too.
 */
const STALE_MS = 15 * 60_000;

/** Taints by which Mendloop keeps Pods away from a node that is not well. */
export const BY_MENDLOOP = 'mendloop.dev/';

const CONTROL_PLANE = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

/** `now`: milliseconds since the epoch. */
export function nodeFacts({ metadata = {}, spec = {}, status = {} }: NodeObject, now: number): NodeFacts {
  const labels = metadata.labels ?? {};
  const isCordoned = spec.unschedulable === true;
  const keepingAway = (spec.taints ?? []).filter(({ effect }) => effect !== 'PreferNoSchedule');
  return {
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    isReady: (status.conditions ?? []).some((condition) => saysReady(condition, now)),
    isCordoned,
    isControlPlane: CONTROL_PLANE.some((label) => Object.hasOwn(labels, label)),
    isTroubled: keepingAway.some(({ key }) => isOfTrouble(key) && key !== `${BY_STATE}unschedulable`),
    reservedFor: keepingAway.filter(({ key }) => !isOfTrouble(key)).map(taintText),
    taints: spec.taints ?? [],
    labels,
  };
}

function isOfTrouble(key: string): boolean {
  return key.startsWith(BY_STATE) || key.startsWith(BY_MENDLOOP);
}

function saysReady(condition: NodeCondition, now: number): boolean {
  if (condition.type !== 'Ready' || condition.status !== 'True') return false;
  const at = confirmedAt(condition);
  return at === undefined || now - at < STALE_MS;
}

/** `key=value:effect`, as `kubectl taint` takes it. */
export function taintText({ key, value = '', effect }: Taint): string {
  return `${key}=${value}:${effect}`;
}

/** The nodes that are for the same Pods as one node is. */
export interface Pool {
  /** How many there are, the node itself included. */
  readonly size: number;
  /** How many of the others are ready for them now. */
  readonly ready: number;
}

/**
 * Nodes that are reserved for something are for its Pods alone, and those Pods are seldom wanted elsewhere. What has the
 * taint `without`, by its key, is out of use by it, not reserved for anything.
 */
export function poolOf(node: NodeFacts, all: readonly NodeFacts[], without?: string): Pool {
  const reservation = ({ reservedFor }: NodeFacts) => reservedFor.filter((taint) => !isOfKey(taint, without));
  const others = all.filter((one) => one.uid !== node.uid && isSame(reservation(one), reservation(node)));
  const ready = others.filter(({ isReady, isCordoned, isTroubled, taints }) => {
    return isReady && !isCordoned && !isTroubled && !taints.some(({ key }) => key === without);
  });
  return { size: others.length + 1, ready: ready.length };
}

function isOfKey(taint: string, key: string | undefined): boolean {
  return key !== undefined && taint.startsWith(`${key}=`);
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((taint) => other.includes(taint));
}
