import { z } from 'zod';
import { awaitSuccessor } from '../clients/kubernetes/await-successor.ts';
import { pause } from '../clients/kubernetes/at-each-change.ts';
import { removePod, type TellToGo, wasTold } from '../clients/kubernetes/delete-pod.ts';
import { diffObjects } from '../clients/kubernetes/diff-objects.ts';
import type { KubernetesClient } from '../clients/kubernetes/kubernetes-client.ts';
import {
  findPodWorkload,
  type FoundPodWorkload,
  readPodWorkload,
  unlessGone,
  workloadPods,
} from '../clients/kubernetes/pod-workload.ts';
import { seenObject } from '../clients/kubernetes/seen-object.ts';
import { type Pod, podPath } from '../clients/kubernetes/workload.ts';
import type { PlannedChange } from '../domain/actions/contract.ts';
import {
  type PodRemovalChange,
  podRemovalChangeSchema,
  type PodRemovalSeen,
  type PodWorkload,
} from '../domain/actions/pod-removal.ts';
import { mayLose } from '../domain/actions/judge-pod.ts';
import { type PodFacts, podFacts } from '../domain/actions/pod-facts.ts';
import { Part } from '../domain/authority/seen-object.ts';
import type { Standing } from '../domain/actions/effects.ts';
import { defined } from '../domain/defined.ts';
import { MendloopError } from '../domain/failures.ts';
import { nameTarget } from '../domain/target/name-target.ts';
import type { Target } from '../domain/target/target.ts';
import { countOf } from '../domain/text/count-of.ts';
import type { ActionEffects, MayGoOn, ObserveRequest } from './actions/contract.ts';

/** How a Pod is told to go, and what is said of it. */
export interface PodRemoval {
  readonly kubernetes: KubernetesClient;
  /** `Deleted`. */
  readonly done: string;
  /** `deleting`. */
  readonly doing: string;
  /** The Pod as the API server's dry run answers; absent: it has shown that it may go, and answers nothing. */
  readonly preview: (planned: PlannedRemoval) => Promise<Pod | undefined>;
  readonly tell: (planned: PlannedRemoval, resourceVersion: string | undefined) => ReturnType<TellToGo>;
}

/** `told`: false as long as something holds the Pod, so that it has to be told again. */
const handleSchema = z.object({ told: z.boolean().default(true) });

/** Milliseconds before a Pod that is held is told again; doubled each time, up to what `kubectl drain` takes. */
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 5000;

/** Takes one Pod away, by UID: its successor of the same name is never touched. */
export function createPodRemovalEffects<Parameters>(removal: PodRemoval): ActionEffects<Parameters, PodRemovalSeen> {
  const { kubernetes } = removal;

  async function findWorkload(cluster: string, pod: PodFacts): Promise<FoundPodWorkload | undefined> {
    const { controller, namespace } = pod;
    return controller && (await findPodWorkload(kubernetes, { cluster, namespace, controller }));
  }

  async function withPeers(found: FoundPodWorkload, but: string): Promise<PodWorkload> {
    const { target, uid, specHash, wanted, labels } = found;
    return { target, uid, specHash, wanted, labels, readyPeers: await countReadyPeers(found, but) };
  }

  async function countReadyPeers(workload: FoundPodWorkload, but: string): Promise<number> {
    const { path, query, of } = await workloadPods(kubernetes, workload);
    const pods = of((await kubernetes.get<{ items: Pod[] }>(path, query)).items);
    return pods.filter((pod) => pod.uid !== but && pod.isReady).length;
  }

  /** What was judged in the plan may have been long ago: the last ready Pod is looked for again. */
  async function requirePeers({ target, uid, change }: PlannedRemoval, pod: Pod): Promise<void> {
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

  function tell({ remediationId, planned }: Pick<ObserveRequest, 'remediationId' | 'planned'>) {
    const what = read(planned);
    const { target, uid, change } = what;
    const deletion = defined({ target, uid, remediationId, graceSeconds: change.graceSeconds });
    return removePod(kubernetes, deletion, {
      mayGo: (pod) => requirePeers(what, pod),
      tell: (version) => removal.tell(what, version),
    });
  }

  /** @throws MendloopError `EffectTimedOut`, with what holds the Pod. */
  async function tellUntilTold(
    request: ObserveRequest,
    { signal, mayGoOn }: { readonly signal: AbortSignal; readonly mayGoOn: MayGoOn },
  ): Promise<void> {
    let by = 'a pause';
    for (let times = 0; ; times += 1) {
      const result = (await mayGoOn()) ? await tell(request) : { by, retryAfterMs: undefined };
      if (typeof result === 'string') return;
      ({ by } = result);
      const left = request.deadlineAt - Date.now();
      if (left <= 0) throw new MendloopError('EffectTimedOut', `${nameTarget(request.planned.target)}: ${by}`);
      const wait = Math.max(result.retryAfterMs ?? 0, Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** times));
      await pause(Math.min(wait, left), signal);
      signal.throwIfAborted();
    }
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
      const { target, uid } = planned;
      const now = await kubernetes.get<Pod>(podPath(target));
      if (now.metadata?.uid !== uid)
        throw new MendloopError('TargetReplaced', `${nameTarget(target)} was created anew`);
      const next = await removal.preview(read(planned));
      const pod = shown(now);
      return { diff: diffObjects(pod, next === undefined ? { kind: 'Pod', metadata: now.metadata } : shown(next)) };
    },

    start: async ({ remediationId, planned }) => {
      const result = await tell({ remediationId, planned });
      const name = nameTarget(planned.target);
      if (typeof result !== 'string') {
        const text = `Asked for ${removal.doing} ${name}, and ask again: ${result.by}`;
        return { changed: true, text, handle: { told: false } };
      }
      const changed = result === 'ours';
      return {
        changed,
        text: changed ? `${removal.done} ${name}` : `${name} was ${removal.done.toLowerCase()} by another hand`,
        handle: { told: true },
      };
    },

    done: async ({ remediationId, planned }) => {
      const { target, uid, change } = read(planned);
      const deletion = defined({ target, uid, remediationId, graceSeconds: change.graceSeconds });
      if (!(await wasTold(kubernetes, deletion))) return undefined;
      return { changed: true, text: `${removal.done} ${nameTarget(target)}`, handle: { told: true } };
    },

    observe: async (request, signal, mayGoOn) => {
      const { planned, deadlineAt } = request;
      const { target, uid, change } = read(planned);
      if (!handleSchema.parse(request.result.handle).told) await tellUntilTold(request, { signal, mayGoOn });
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
      const text = result?.changed === false ? `${name} did not go by us` : `${removal.doing} ${name} cannot be undone`;
      return Promise.resolve({ status: 'nothing_to_undo', text });
    },

    stands: ({ planned }) => stands(kubernetes, read(planned)),

    /** A Pod takes its marks with it; its Event stays for people. */
    release: () => Promise.resolve(),
  };
}

/** The Pod is gone for good; what another hand changes of its workload may be what has cured. */
async function stands(kubernetes: KubernetesClient, { target, change }: PlannedRemoval): Promise<Standing> {
  const owner = ownerOf({ target, change });
  const name = nameTarget(owner);
  const { uid, specHash } = change.workload;
  const found = await unlessGone(readPodWorkload(kubernetes, { target: owner, uid }));
  if (found === undefined) return { status: 'gone', text: `${name} is gone, or was created anew` };
  if (found.specHash === specHash) return { status: 'stands' };
  const by = found.lastWriter ?? 'an unknown hand';
  return {
    ...{
      status: 'moved',
      text: `${by} has changed ${name} meanwhile, which is to have ${countOf(found.wanted, 'Pod')}`,
    },
    ...{ expected: `its spec ${specHash}`, found: `its spec ${found.specHash}`, by },
  };
}

/** A planned change, read. */
export interface PlannedRemoval {
  readonly target: Target;
  readonly uid: string;
  readonly change: PodRemovalChange;
}

function read({ target, uid, change }: PlannedChange): PlannedRemoval {
  return { target, uid, change: podRemovalChangeSchema.parse(change) };
}

function ownerOf({ target: { cluster }, change }: Pick<PlannedRemoval, 'target' | 'change'>): Target {
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
