import type { ProofSubject } from '../actions/contract.ts';
import { parseQuantity } from '../cost/quantity.ts';
import type { ObjectCondition } from '../plan/object-condition.ts';
import { conditionOf, isOfGeneration } from '../target/said-of-object.ts';
import type { ConditionObject, ConditionSeen, ObjectStatusCondition } from './condition-object.ts';
import { fails, type Found, holds } from './check.ts';
import { judgeRolledOut, judgeWorkloadReady } from './judge-workload.ts';
import { judgeNoRestarts } from './judge-restarts.ts';

export interface JudgeConditionTerms {
  /** What the action wants of the object; absent for an object that the plan names. */
  readonly wants?: Omit<ProofSubject, 'target'>;
  /** Epoch ms, by our clock: what kubelets and controllers say is compared with it. */
  readonly now: number;
}

const WORKLOADS: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Rollout'];

/** Taints by which Kubernetes itself keeps Pods off a node, by the node's state; a cordon is an operator's wish. */
const BY_STATE = 'node.kubernetes.io/';
const BY_CORDON = `${BY_STATE}unschedulable`;

/** The annotation that the kubelet gives to the mirror of a static Pod. */
const MIRROR = 'kubernetes.io/config.mirror';

/** Whether a condition holds of an object as it is now. What is not there, or of a kind that cannot have it, fails. */
export function judgeCondition(
  condition: ObjectCondition,
  seen: ConditionSeen,
  { wants = {}, now }: JudgeConditionTerms,
): Found {
  const { object, kind, name } = seen;
  if (object === undefined) return fails(`there is no ${name}`);
  const found = judge(condition, { ...seen, object }, { wants, now });
  return found ?? { status: 'unknown', text: `${name}: a ${kind} cannot be judged by ${condition.kind}` };
}

type Seen = ConditionSeen & { readonly object: ConditionObject };
type Terms = Required<JudgeConditionTerms>;

/** Undefined: the condition means nothing for that kind. */
function judge(condition: ObjectCondition, seen: Seen, { wants, now }: Terms): Found | undefined {
  const { kind, object, pods = [] } = seen;
  switch (condition.kind) {
    case 'rollout_complete':
      return WORKLOADS.includes(kind) ? judgeRolledOut(seen, wants) : undefined;
    case 'ready':
      if (WORKLOADS.includes(kind)) return judgeWorkloadReady(seen, wants);
      if (kind === 'Pod') return judgePodReady(seen);
      return kind === 'Node' ? judgeNodeReady(seen) : undefined;
    case 'no_restarts':
      if (kind !== 'Pod' && !WORKLOADS.includes(kind)) return undefined;
      return judgeNoRestarts(kind === 'Pod' ? [object] : pods, {
        whose: seen.name,
        forSeconds: condition.forSeconds,
        now,
      });
    case 'job_complete':
      return kind === 'Job' ? judgeJob(seen) : undefined;
    case 'pod_scheduled':
      if (kind !== 'Pod' && !WORKLOADS.includes(kind)) return undefined;
      return judgeScheduled(kind === 'Pod' ? [object] : pods, seen);
    case 'claim_bound':
      return kind === 'PersistentVolumeClaim' ? judgeClaim(seen, wants) : undefined;
    case 'node_ready':
      return kind === 'Node' ? judgeNodeReady(seen) : undefined;
    case 'node_empty':
      return kind === 'Node' ? judgeNodeEmpty(seen) : undefined;
    case 'condition':
      return judgeStatusCondition(condition, seen);
  }
}

/** `False, MinimumReplicasUnavailable: Deployment does not have minimum availability.` */
function told({ status, reason, message }: ObjectStatusCondition): string {
  return `${status}${reason === undefined ? '' : `, ${reason}`}${message === undefined || message === '' ? '' : `: ${message}`}`;
}

function judgePodReady({ object, name }: Seen): Found {
  const ready = conditionOf(object, 'Ready');
  if (object.metadata?.deletionTimestamp !== undefined) return fails(`${name} is going`);
  if (ready?.status === 'True') return holds(`${name} is ready`);
  return fails(`${name} is not ready${ready === undefined ? '' : ` (${told(ready)})`}`);
}

function judgeScheduled(pods: readonly ConditionObject[], { name }: Seen): Found {
  const staying = pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  if (staying.length === 0) return fails(`${name} has no Pods`);
  const waiting = staying.find(({ spec }) => (spec?.nodeName ?? '') === '');
  if (waiting === undefined) return holds(`${name} is scheduled`);
  const scheduled = conditionOf(waiting, 'PodScheduled');
  return fails(
    `Pod ${waiting.metadata?.name ?? ''} has no node${scheduled === undefined ? '' : ` (${told(scheduled)})`}`,
  );
}

function judgeJob({ object, name }: Seen): Found {
  const failed = conditionOf(object, 'Failed');
  if (conditionOf(object, 'Complete')?.status === 'True') return holds(`${name} is complete`);
  return fails(`${name} ${failed?.status === 'True' ? `has failed (${told(failed)})` : 'is not complete'}`);
}

/** A resize shows first in the volume, then in the file system: `status.capacity` has it when both are done. */
function judgeClaim({ object, name }: Seen, { storageBytes }: Terms['wants']): Found {
  const { spec, status } = object;
  if (status?.phase !== 'Bound') return fails(`${name} is ${status?.phase ?? 'not bound'}`);
  const asked = spec?.resources?.requests?.['storage'] ?? '0';
  const has = status.capacity?.['storage'] ?? '0';
  const wanted = Math.max(parseQuantity(asked), storageBytes ?? 0);
  const resizing = ['Resizing', 'FileSystemResizePending'].find((type) => conditionOf(object, type)?.status === 'True');
  if (!(parseQuantity(has) >= wanted)) {
    return fails(`${name} has ${has} of ${asked}${resizing === undefined ? '' : ` (${resizing})`}`);
  }
  return resizing === undefined ? holds(`${name} is bound, with ${has}`) : fails(`${name} is ${resizing}`);
}

function judgeNodeReady({ object, name }: Seen): Found {
  const ready = conditionOf(object, 'Ready');
  if (ready?.status !== 'True') return fails(`${name} is not ready${ready === undefined ? '' : ` (${told(ready)})`}`);
  const taint = object.spec?.taints?.find(
    ({ key, effect }) => key.startsWith(BY_STATE) && key !== BY_CORDON && effect !== 'PreferNoSchedule',
  );
  return taint === undefined ? holds(`${name} is ready`) : fails(`${name} is ready, with taint ${taint.key}`);
}

function judgeNodeEmpty({ name, pods = [] }: Seen): Found {
  const left = pods.filter((pod) => !belongsToNode(pod) && !isFinished(pod));
  const [first] = left;
  if (first === undefined) return holds(`${name} is empty`);
  const { namespace = '', name: pod = '' } = first.metadata ?? {};
  return fails(`${left.length} Pod${left.length === 1 ? '' : 's'} on ${name}, as ${namespace}/${pod}`);
}

function belongsToNode({ metadata = {} }: ConditionObject): boolean {
  const isMirror = metadata.annotations !== undefined && Object.hasOwn(metadata.annotations, MIRROR);
  return (
    isMirror ||
    metadata.ownerReferences?.some(({ kind, controller }) => controller === true && kind === 'DaemonSet') === true
  );
}

function isFinished({ status }: ConditionObject): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

function judgeStatusCondition(
  { type, status, reason }: Extract<ObjectCondition, { kind: 'condition' }>,
  { object, name }: Seen,
): Found {
  const found = conditionOf(object, type);
  if (found === undefined) return fails(`${name} has no condition ${type}`);
  if (!isOfGeneration(found, object)) return fails(`${name}: condition ${type} is older than the object`);
  const isSo = found.status === status && (reason === undefined || found.reason === reason);
  const text = `${name}: condition ${type} is ${told(found)}`;
  return isSo ? holds(text) : fails(text);
}
