import { defined } from '../defined.ts';
import { MendloopError } from '../failures.ts';
import { nameTarget } from '../target/name-target.ts';
import type { Target } from '../target/target.ts';
import type { ManagedFieldsEntry } from './field-owners.ts';
import { hasSeen } from '../target/said-of-object.ts';
import { complaintsOf, quotaComplaint, type RolloutCondition } from './rollout.ts';

/** Kinds that roll a new template out to their Pods. */
export const TEMPLATE_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

type Share = number | string;

/** What of such a workload is looked at. Source: Kubernetes API, `apps/v1`. */
export interface TemplateObject {
  readonly metadata?: {
    readonly name?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: unknown;
    readonly managedFields?: readonly ManagedFieldsEntry[];
  };
  readonly spec?: {
    readonly replicas?: number;
    /** A Deployment's. */
    readonly paused?: boolean;
    readonly strategy?: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly maxUnavailable?: Share; readonly maxSurge?: Share };
    };
    /** Of the two others. */
    readonly updateStrategy?: {
      readonly type?: string;
      readonly rollingUpdate?: {
        readonly maxUnavailable?: Share;
        readonly maxSurge?: Share;
        readonly partition?: number;
      };
    };
    readonly template?: PodTemplate;
  };
  /** The API leaves a zero out. */
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly desiredNumberScheduled?: number;
    readonly numberReady?: number;
    readonly numberAvailable?: number;
    readonly updatedNumberScheduled?: number;
    readonly conditions?: readonly RolloutCondition[];
  };
}

export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: object;
}

/** What decides whether a workload may be given another template. */
export interface TemplateFacts {
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Pods that it is to have. */
  readonly wanted: number;
  readonly ready: number;
  /** Pods of the newest template. */
  readonly updated: number;
  /** Of the Pods that are ready now, how many a rollout leaves so at any time. */
  readonly leaves: number;
  /** Why a new template does not reach every Pod by itself; absent: it does. */
  readonly heldBack?: string;
  /** It has Pods of more than one template, and goes on replacing them; absent: it has not. */
  readonly underWay?: string;
  /** What its controller complains of already: see `complaintsOf`. */
  readonly complaints: readonly string[];
  /** That a quota lets it have no more Pods, in its controller's words. */
  readonly quota?: string;
}

export function templateFacts(kind: string, object: TemplateObject): TemplateFacts {
  const counts = countsOf(kind, object);
  return defined({
    uid: object.metadata?.uid ?? '',
    labels: object.metadata?.labels ?? {},
    wanted: counts.wanted,
    ready: counts.ready,
    updated: counts.updated,
    leaves: Math.min(counts.ready, Math.max(0, counts.wanted - takenAtOnce(kind, object, counts.wanted))),
    heldBack: heldBackBy(kind, object),
    underWay: underWayOf(object, counts),
    complaints: complaintsOf(object),
    quota: quotaComplaint(object),
  });
}

export interface TemplateCounts {
  readonly wanted: number;
  readonly ready: number;
  readonly available: number;
  readonly updated: number;
  /** Of all templates. */
  readonly total: number;
}

/** The same numbers for each kind. A DaemonSet's follow from the nodes. */
export function countsOf(kind: string, { spec = {}, status = {} }: TemplateObject): TemplateCounts {
  if (kind === 'DaemonSet') {
    const wanted = status.desiredNumberScheduled ?? 0;
    return {
      wanted,
      ready: status.numberReady ?? 0,
      available: status.numberAvailable ?? 0,
      updated: status.updatedNumberScheduled ?? 0,
      total: wanted,
    };
  }
  // A StatefulSet of one revision alone counts none as updated while it has no update to make.
  const isOne = kind === 'StatefulSet' && status.currentRevision === status.updateRevision;
  const total = status.replicas ?? 0;
  return {
    wanted: spec.replicas ?? 1,
    ready: status.readyReplicas ?? 0,
    available: status.availableReplicas ?? 0,
    updated: isOne ? total : (status.updatedReplicas ?? 0),
    total,
  };
}

function underWayOf(object: TemplateObject, { wanted, updated, total }: TemplateCounts): string | undefined {
  if (!hasSeen(object)) return 'its controller has not seen its newest template yet';
  if (updated < Math.min(wanted, total)) return `${updated} of ${wanted} Pods are of its newest template`;
  return total > updated ? `${total - updated} Pods of an older template are still there` : undefined;
}

function heldBackBy(kind: string, { spec = {} }: TemplateObject): string | undefined {
  if (spec.paused === true) return 'it is paused';
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  if (kind !== 'Deployment' && type === 'OnDelete') return 'its Pods get a new template only when they are deleted';
  const partition = kind === 'StatefulSet' ? (rollingUpdate?.partition ?? 0) : 0;
  return partition > 0 ? `its partition keeps the Pods below ${partition} on the old template` : undefined;
}

/** Pods that its controller may take away before others are there. Source: defaults of the Kubernetes API. */
function takenAtOnce(kind: string, { spec = {} }: TemplateObject, wanted: number): number {
  if (kind !== 'Deployment') {
    const { maxUnavailable = 1, maxSurge = 0 } = spec.updateStrategy?.rollingUpdate ?? {};
    return shareOf(maxSurge, wanted, Math.ceil) > 0 ? 0 : Math.max(1, shareOf(maxUnavailable, wanted, Math.ceil));
  }
  if (spec.strategy?.type === 'Recreate') return wanted;
  const { maxUnavailable = '25%', maxSurge = '25%' } = spec.strategy?.rollingUpdate ?? {};
  const unavailable = shareOf(maxUnavailable, wanted, Math.floor);
  return unavailable === 0 && shareOf(maxSurge, wanted, Math.ceil) === 0 ? 1 : unavailable;
}

function shareOf(share: Share, of: number, round: (share: number) => number): number {
  return typeof share === 'number' ? share : round((of * Number.parseFloat(share)) / 100);
}

/**
 * @throws MendloopError `ReplicaLimit` where it is switched off; `RolloutHeld` where a new template would not reach its
 * Pods.
 */
export function requireRollsOut(
  target: Target,
  { wanted, heldBack }: Pick<TemplateFacts, 'wanted' | 'heldBack'>,
): void {
  if (wanted === 0) {
    throw new MendloopError('ReplicaLimit', `${nameTarget(target)} has no Pods to have, which means switched off`);
  }
  if (heldBack !== undefined) throw new MendloopError('RolloutHeld', `${nameTarget(target)}: ${heldBack}`);
}

/** @throws MendloopError `RolloutUnderWay`: two rollouts at once prove nothing of either. */
export function requireAtRest(target: Target, { underWay }: Pick<TemplateFacts, 'underWay'>): void {
  if (underWay !== undefined) throw new MendloopError('RolloutUnderWay', `${nameTarget(target)}: ${underWay}`);
}

/** @throws MendloopError `DisruptionUnsafe` if a rollout would leave fewer ready Pods than it must. */
export function requireLeft(
  target: Target,
  { ready, leaves }: Pick<TemplateFacts, 'ready' | 'leaves'>,
  minReadyPeers: number,
): void {
  // Where nothing is ready, nothing is lost.
  if (ready === 0 || leaves >= minReadyPeers) return;
  throw new MendloopError(
    'DisruptionUnsafe',
    `${nameTarget(target)}: ${leaves} of ${ready} ready Pods would be left meanwhile, and the plan wants ${minReadyPeers}`,
  );
}
