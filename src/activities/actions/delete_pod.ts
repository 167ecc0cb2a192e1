import { awaitSuccessor } from '../../clients/kubernetes/await-successor.ts';
import { deletePod, previewDeletion } from '../../clients/kubernetes/delete-pod.ts';
import { diffObjects } from '../../clients/kubernetes/diff-objects.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import {
  findPodWorkload,
  type FoundPodWorkload,
  readPodWorkload,
  workloadPods,
} from '../../clients/kubernetes/pod-workload.ts';
import { seenObject } from '../../clients/kubernetes/seen-object.ts';
import { type Pod, podPath } from '../../clients/kubernetes/workload.ts';
import type { PlannedChange } from '../../domain/actions/contract.ts';
import {
  type DeletePodChange,
  deletePodChangeSchema,
  type DeletePodSeen,
  type PodWorkload,
} from '../../domain/actions/delete_pod/change.ts';
import { mayLose } from '../../domain/actions/delete_pod/judge-pod.ts';
import type { DeletePodParameters } from '../../domain/actions/delete_pod/parameters.ts';
import { type PodFacts, podFacts } from '../../domain/actions/pod-facts.ts';
import { Part } from '../../domain/authority/seen-object.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { countOf } from '../../domain/text/count-of.ts';
import type { ActionEffects } from './contract.ts';

/** Deletes one Pod, by UID: its successor of the same name is never touched. */
export function createDeletePodEffects({
  kubernetes,
}: {
  readonly kubernetes: KubernetesClient;
}): ActionEffects<DeletePodParameters, DeletePodSeen> {
  async function findWorkload(cluster: string, pod: PodFacts): Promise<FoundPodWorkload | undefined> {
    const { controller, namespace } = pod;
    return controller && (await findPodWorkload(kubernetes, { cluster, namespace, controller }));
  }

  async function withPeers(found: FoundPodWorkload, but: string): Promise<PodWorkload> {
    const { target, uid, wanted, labels } = found;
    return { target, uid, wanted, labels, readyPeers: await countReadyPeers(found, but) };
  }

  async function countReadyPeers(workload: FoundPodWorkload, but: string): Promise<number> {
    const { path, query, of } = await workloadPods(kubernetes, workload);
    const pods = of((await kubernetes.get<{ items: Pod[] }>(path, query)).items);
    return pods.filter((pod) => pod.uid !== but && pod.isReady).length;
  }

  /** What was judged in the plan may have been long ago: the last ready Pod is looked for again. */
  async function requirePeers({ target, uid, change }: Planned, pod: Pod): Promise<void> {
    const { minReadyPeers, workload } = change;
    const owner = ownerOf({ target, change });
    const readyPeers = await countReadyPeers(
      await readPodWorkload(kubernetes, { target: owner, uid: workload.uid }),
      uid,
    );
    if (mayLose(podFacts(pod), { readyPeers, minReadyPeers })) return;
    throw new MendloopError(
      'DisruptionUnsafe',
      `${nameTarget(target)}: ${readyPeers} other ready Pods would be left now, and the plan wants ${minReadyPeers}`,
    );
  }

  return {
    inspect: async ({ target }) => {
      if (target.cluster !== kubernetes.cluster) {
        throw new MendloopError('TargetUnsupported', `cluster ${target.cluster} is not ${kubernetes.cluster}`);
      }
      const object = await kubernetes.get<Pod>(podPath(target));
      const pod = podFacts(object);
      const found = await findWorkload(target.cluster, pod);
      return defined({
        ...{ target, pod },
        objects: [...(found === undefined ? [] : [found.object]), seenObject(Part.Used, 'Pod', object)],
        workload: found && (await withPeers(found, pod.uid)),
      });
    },

    preview: async (planned) => {
      const { target, uid, change } = read(planned);
      const now = await kubernetes.get<Pod>(podPath(target));
      if (now.metadata?.uid !== uid)
        throw new MendloopError('TargetReplaced', `${nameTarget(target)} was created anew`);
      const next = await previewDeletion(kubernetes, defined({ target, uid, graceSeconds: change.graceSeconds }));
      return { diff: diffObjects(shown(now), shown(next)) };
    },

    start: async ({ remediationId, planned }) => {
      const { target, uid, change } = read(planned);
      const deletion = defined({ target, uid, remediationId, graceSeconds: change.graceSeconds });
      const result = await deletePod(kubernetes, deletion, (pod) => requirePeers(read(planned), pod));
      const changed = result === 'ours';
      const name = nameTarget(target);
      return { changed, text: changed ? `Deleted ${name}` : `${name} was deleted by another hand`, handle: {} };
    },

    observe: async ({ planned, deadlineAt }, signal) => {
      const { target, uid, change } = read(planned);
      const { workload, awaitedReady } = change;
      const owner = ownerOf({ target, change });
      const { ready } = await awaitSuccessor(
        kubernetes,
        { target, uid, workload: { target: owner, uid: workload.uid }, awaitedReady, deadlineAt },
        signal,
      );
      return {
        text: `${countOf(ready, 'ready Pod')} of ${nameTarget(owner)} without ${target.name}`,
        readings: [{ name: 'ready Pods', text: `${ready} of ${nameTarget(owner)}`, value: ready }],
      };
    },

    undo: ({ planned: { target }, result }) => {
      const name = nameTarget(target);
      const text = result?.changed === false ? `${name} was not deleted by us` : `deleting ${name} cannot be undone`;
      return Promise.resolve({ status: 'nothing_to_undo', text });
    },

    /** A Pod takes its marks with it; its Event stays for people. */
    release: () => Promise.resolve(),
  };
}

interface Planned {
  readonly target: Target;
  readonly uid: string;
  readonly change: DeletePodChange;
}

function read({ target, uid, change }: PlannedChange): Planned {
  return { target, uid, change: deletePodChangeSchema.parse(change) };
}

function ownerOf({ target: { cluster }, change }: Pick<Planned, 'target' | 'change'>): Target {
  const { kind, namespace, name } = change.workload;
  return { cluster, kind, namespace, name };
}

/** Without what a Pod's environment may hold. */
function shown({ metadata, spec }: Pod) {
  return {
    kind: 'Pod',
    metadata,
    spec: {
      nodeName: spec?.nodeName,
      containers: spec?.containers.map(({ name, image }) => ({ name, image })),
    },
  };
}
