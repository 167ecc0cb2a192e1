import type { ProofSubject } from '../../domain/actions/contract.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { ObjectCondition } from '../../domain/plan/object-condition.ts';
import { formatTarget } from '../../domain/target/format-target.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import type { ConditionObject, ConditionSeen } from '../../domain/verification/condition-object.ts';
import { type CheckLook, checkLook } from '../../domain/verification/check.ts';
import { judgeCondition } from '../../domain/verification/judge-condition.ts';
import { conditionObjectPath, objectOf } from './condition-objects.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { labelSelector, type Selector } from './label-selector.ts';
import { listPages } from './list-pages.ts';
import { unlessGone } from './pod-workload.ts';

export interface ReadConditionsRequest {
  readonly conditions: readonly ObjectCondition[];
  readonly subject: ProofSubject;
  /** Epoch ms, by our clock. */
  readonly now: number;
}

interface OwnedObject extends Omit<ConditionObject, 'metadata'> {
  readonly metadata?: Omit<NonNullable<ConditionObject['metadata']>, 'ownerReferences'> & {
    readonly uid?: string;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly uid: string;
      readonly controller?: boolean;
    }[];
  };
}

type WorkloadObject = OwnedObject & { readonly spec?: ConditionObject['spec'] & { readonly selector?: Selector } };

/** Kinds that own their Pods by way of a ReplicaSet. */
const BY_REPLICA_SET: readonly string[] = ['Deployment', 'Rollout'];

/**
 * Looks at every condition once, in their order, by direct reads of the objects. Never throws: what cannot be read is
 * unknown, and what is not there fails.
 */
export async function readConditions(
  kubernetes: KubernetesClient,
  { conditions, subject, now }: ReadConditionsRequest,
): Promise<CheckLook[]> {
  const objects = new Map<string, Promise<WorkloadObject | undefined>>();
  const pods = new Map<string, Promise<readonly ConditionObject[]>>();
  /** Several conditions of one object are judged on one reading of it. */
  const once = <T>(readings: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> => {
    const reading = readings.get(key) ?? read();
    readings.set(key, reading);
    return reading;
  };

  async function look(condition: ObjectCondition): Promise<CheckLook> {
    const target = objectOf(condition.of, subject.target);
    const name = nameTarget(target);
    const at = now / 1000;
    try {
      const key = formatTarget(target);
      const object = await once(objects, key, () => readObject(kubernetes, target));
      const seen: ConditionSeen = {
        ...{ kind: target.kind, name },
        ...defined({
          object,
          pods:
            object !== undefined && asksForPods(condition, target)
              ? await once(pods, key, () => readPods(kubernetes, { target, object }))
              : undefined,
        }),
      };
      const { pods: atLeast, storageBytes } = subject;
      const wants = condition.of === undefined ? defined({ pods: atLeast, storageBytes }) : {};
      return checkLook({ at, ...judgeCondition(condition, seen, { wants, now }) });
    } catch (error) {
      const why = error instanceof MendloopError ? error.message : 'it could not be read';
      return checkLook({ at, status: 'unknown', text: `${name} is unknown: ${why}` });
    }
  }

  return await Promise.all(conditions.map(look));
}

async function readObject(kubernetes: KubernetesClient, target: Target): Promise<WorkloadObject | undefined> {
  const path = conditionObjectPath(target);
  if (path === undefined)
    throw new MendloopError('TargetUnsupported', `conditions of a ${target.kind} are not known here`);
  return await unlessGone(kubernetes.get<WorkloadObject>(path));
}

function asksForPods({ kind }: ObjectCondition, target: Target): boolean {
  if (kind === 'node_empty') return true;
  return (kind === 'no_restarts' || kind === 'pod_scheduled') && target.kind !== 'Pod';
}

async function readPods(
  kubernetes: KubernetesClient,
  { target, object }: { target: Target; object: WorkloadObject },
): Promise<readonly ConditionObject[]> {
  if (target.kind === 'Node') {
    return await listAll<ConditionObject>(kubernetes, '/api/v1/pods', {
      fieldSelector: `spec.nodeName=${target.name}`,
    });
  }
  const { selector } = object.spec ?? {};
  const uid = object.metadata?.uid;
  if (selector === undefined || uid === undefined) return [];
  const query = { labelSelector: labelSelector(selector) };
  const place = `namespaces/${encodeURIComponent(target.namespace)}`;
  const [owned, owners] = await Promise.all([
    listAll<OwnedObject>(kubernetes, `/api/v1/${place}/pods`, query),
    BY_REPLICA_SET.includes(target.kind)
      ? listAll<OwnedObject>(kubernetes, `/apis/apps/v1/${place}/replicasets`, query)
      : [object],
  ]);
  const controllers = new Set(
    owners
      .filter((owner) => owner === object || isControlledBy(owner, [uid]))
      .flatMap(({ metadata }) => metadata?.uid ?? []),
  );
  return owned.filter((pod) => isControlledBy(pod, [...controllers]));
}

function isControlledBy({ metadata }: OwnedObject, uids: readonly string[]): boolean {
  return metadata?.ownerReferences?.some(({ controller, uid }) => controller === true && uids.includes(uid)) === true;
}

async function listAll<T>(
  kubernetes: KubernetesClient,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const page of listPages<T>(kubernetes, path, query)) all.push(...page);
  return all;
}
