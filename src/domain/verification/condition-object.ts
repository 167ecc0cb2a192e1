import type { SaidCondition } from '../target/said-of-object.ts';

/** What of an object its conditions are judged by. The API leaves a zero out. Source: Kubernetes API. */
export interface ConditionObject {
  readonly metadata?: {
    readonly namespace?: string;
    readonly name?: string;
    readonly generation?: number;
    readonly deletionTimestamp?: unknown;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string; readonly controller?: boolean }[];
  };
  readonly spec?: {
    readonly replicas?: number;
    readonly nodeName?: string;
    readonly unschedulable?: boolean;
    readonly taints?: readonly { readonly key: string; readonly effect: string }[];
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } };
    readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
  };
  readonly status?: {
    readonly phase?: string;
    /** An Argo Rollout's is a text. */
    readonly observedGeneration?: number | string;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
    readonly capacity?: Readonly<Record<string, string>>;
    readonly conditions?: readonly ObjectStatusCondition[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export type ObjectStatusCondition = SaidCondition;

export interface ContainerStatus {
  readonly name?: string;
  readonly restartCount?: number;
  readonly state?: {
    readonly running?: { readonly startedAt?: unknown };
    readonly waiting?: { readonly reason?: string };
    readonly terminated?: { readonly reason?: string; readonly exitCode?: number };
  };
}

/** The object, as the API server has it now. */
export interface ConditionSeen {
  readonly kind: string;
  /** For people: `Deployment shop/cart`. */
  readonly name: string;
  /** Absent: there is no such object. */
  readonly object?: ConditionObject;
  /** Its Pods, where they are asked about: a workload's own, or those on a node. */
  readonly pods?: readonly ConditionObject[];
}
