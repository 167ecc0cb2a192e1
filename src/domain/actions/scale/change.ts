import type { Looked } from '../../authority/seen-object.ts';
import type { PodRequests } from '../../cost/pod-requests.ts';
import type { Target } from '../../target/target.ts';

/** How the replica count is moved: on the workload itself, or by the minimum of what owns it. */
export type ScaleLever =
  | { readonly kind: 'replicas' }
  | { readonly kind: 'autoscaler'; readonly name: string; readonly maxReplicas: number }
  /** KEDA's, which makes an autoscaler of its own. `isUnsaid`: it does not say its minimum, which is zero then. */
  | {
      readonly kind: 'scaledobject';
      readonly name: string;
      readonly maxReplicas: number;
      readonly isUnsaid?: boolean;
    };

/** The target as it was before the act: what compensation goes back to. */
export interface ScaleSeen extends Looked {
  /** The workload that is moved: of a Pod, the end of its chain of controllers. */
  readonly target: Target;
  readonly uid: string;
  readonly lever: ScaleLever;
  /** What the lever holds now: `spec.replicas`, or the minimum of the autoscaler or ScaledObject. */
  readonly value: number;
  /** `spec.replicas` of the workload now. */
  readonly replicas: number;
  readonly readyReplicas: number;
  /** Of one Pod that would be added. */
  readonly podRequests: PodRequests;
  readonly labels: Readonly<Record<string, string>>;
  /** What its controller complained of already: see `complaintsOf`. */
  readonly complaints: readonly string[];
  /** That a quota lets it have no more Pods, in its controller's words. */
  readonly quota?: string;
  /** ID of the remediation that holds the target by annotation, if one does. */
  readonly heldBy?: string;
  /**
   * Where the lease of that remediation was to end: what the target had before the first change of ours. Absent once
   * another hand has set the lever: then that value is wanted, and the old one is no promise any more.
   */
  readonly leasedFrom?: number;
}

/** What the effects take: one intended move of a lever. A type, not an interface: it is kept as plain JSON. */
export type ScaleChange = {
  readonly lever: ScaleLever;
  readonly from: number;
  readonly to: number;
  /** Where the target stood before the first change of ours. */
  readonly baseline: number;
  /** Conditions older than the act say nothing about it. */
  readonly complaints: readonly string[];
};
