import { hasSeen } from '../target/said-of-object.ts';
import type { ProofSubject } from '../actions/contract.ts';
import type { ConditionObject, ConditionSeen } from './condition-object.ts';
import { fails, type Found, holds } from './check.ts';

type Wants = Omit<ProofSubject, 'target'>;
type Seen = ConditionSeen & { readonly object: ConditionObject };

/** What a workload's status says of its Pods, whatever its kind calls it. */
interface Counts {
  readonly wanted: number;
  readonly updated: number;
  readonly available: number;
  /** Of any template, those that are to go included. */
  readonly all: number;
}

/** Every Pod is of the newest template and available, and none of an older one is left. */
export function judgeRolledOut({ object, kind, name }: Seen, wants: Wants): Found {
  if (!hasSeen(object)) return fails(`${name}: its controller has not seen the change yet`);
  const { wanted, updated, available, all } = countsOf(kind, object);
  const { status, spec } = object;
  const kept = kind === 'StatefulSet' ? (spec?.updateStrategy?.rollingUpdate?.partition ?? 0) : 0;
  const due = Math.max(0, wanted - kept);
  const text = `${name}: ${updated} of ${wanted} updated, ${available} available`;
  if (wanted < (wants.pods ?? 0)) return fails(`${text}, of ${wants.pods ?? 0} that were asked for`);
  if (kind === 'Rollout' && status?.phase !== 'Healthy') return fails(`${text}; it is ${status?.phase ?? 'unknown'}`);
  if (kind === 'ReplicaSet') return available >= wanted ? holds(text) : fails(text);
  if (updated < due || available < wanted) return fails(text);
  // A Deployment says so when its old Pods are gone; the others replace theirs one by one.
  return all > updated ? fails(`${text}; ${all - updated} of an older template left`) : holds(text);
}

/** As many Pods as are wanted are ready and available, of whatever template. */
export function judgeWorkloadReady({ object, kind, name }: Seen, wants: Wants): Found {
  if (!hasSeen(object)) return fails(`${name}: its controller has not seen the change yet`);
  const { wanted, available } = countsOf(kind, object);
  const asked = Math.max(wanted, wants.pods ?? 0);
  const ready = Math.min(available, readyOf(kind, object));
  const text = `${name}: ${ready} of ${asked} ready`;
  return ready >= asked ? holds(text) : fails(text);
}

function countsOf(kind: string, { spec, status = {} }: ConditionObject): Counts {
  if (kind === 'DaemonSet') {
    const { desiredNumberScheduled: wanted = 0, updatedNumberScheduled: updated = 0, numberAvailable = 0 } = status;
    return { wanted, updated, available: numberAvailable, all: 0 };
  }
  const { replicas: all = 0, updatedReplicas: updated = 0, availableReplicas: available = 0 } = status;
  return { wanted: spec?.replicas ?? 1, updated, available, all: kind === 'StatefulSet' ? 0 : all };
}

/** A DaemonSet is available where it is ready; the others count both. */
function readyOf(kind: string, { status = {} }: ConditionObject): number {
  return kind === 'DaemonSet' ? (status.numberAvailable ?? 0) : (status.readyReplicas ?? 0);
}
