import { defined } from '../defined.ts';

/** What of a Pod is looked at. Source: Kubernetes API, `core/v1`. */
export interface PodObject {
  readonly metadata?: {
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    /** RFC 3339 in the API's JSON, whatever the client library's types call it. */
    readonly deletionTimestamp?: unknown;
    readonly deletionGracePeriodSeconds?: number;
    readonly ownerReferences?: readonly OwnerReference[];
  };
  readonly spec?: {
    readonly nodeName?: string;
    readonly volumes?: readonly { readonly emptyDir?: object }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly { readonly restartCount?: number }[];
  };
}

interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

/** The object that keeps another one in being. */
export interface Controller {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** What of a Pod decides whether it may be taken away, and whether it is missed. */
export interface PodFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly phase: string;
  /** It serves: ready, and not on its way out. */
  readonly isReady: boolean;
  /** It has run to its end; its containers are gone. */
  readonly isFinished: boolean;
  /** Shows a Pod that a file on the node makes: the API server cannot take it away. */
  readonly isMirror: boolean;
  /** It has a volume that goes with it. */
  readonly hasLocalData: boolean;
  readonly restarts: number;
  readonly controller?: Controller;
  /** Present once it was told to go. */
  readonly going?: {
    /** RFC 3339: when it is to be gone at the latest. */
    readonly by: string;
    readonly graceSeconds: number;
  };
}

/** The annotation that the kubelet gives to the mirror of a static Pod. */
const MIRROR = 'kubernetes.io/config.mirror';

export function podFacts({ metadata = {}, spec = {}, status = {} }: PodObject): PodFacts {
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  const isReady = (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True');
  return defined({
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    node: spec.nodeName ?? '',
    phase: status.phase ?? 'Unknown',
    isReady: isReady && deletionTimestamp === undefined,
    isFinished: status.phase === 'Succeeded' || status.phase === 'Failed',
    isMirror: metadata.annotations !== undefined && Object.hasOwn(metadata.annotations, MIRROR),
    hasLocalData: (spec.volumes ?? []).some(({ emptyDir }) => emptyDir !== undefined),
    restarts: (status.containerStatuses ?? []).reduce((sum, { restartCount = 0 }) => sum + restartCount, 0),
    controller: controllerOf(metadata),
    going:
      deletionTimestamp === undefined
        ? undefined
        : { by: timestampText(deletionTimestamp), graceSeconds: deletionGracePeriodSeconds ?? 0 },
  });
}

function timestampText(timestamp: unknown): string {
  return timestamp instanceof Date ? timestamp.toISOString() : String(timestamp);
}

/** The one owner that keeps the object in being; undefined: deleted, it would not come back. */
function controllerOf(metadata: PodObject['metadata']): Controller | undefined {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return undefined;
  const { apiVersion, kind, name, uid } = owner;
  return { apiVersion, kind, name, uid };
}
