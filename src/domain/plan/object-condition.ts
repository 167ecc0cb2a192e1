import { z } from 'zod';
import { seconds } from './query.ts';

/** Kinds of objects whose conditions can be read. */
export const ConditionKind = {
  Pod: 'Pod',
  Deployment: 'Deployment',
  StatefulSet: 'StatefulSet',
  DaemonSet: 'DaemonSet',
  ReplicaSet: 'ReplicaSet',
  Rollout: 'Rollout',
  Job: 'Job',
  PersistentVolumeClaim: 'PersistentVolumeClaim',
  HorizontalPodAutoscaler: 'HorizontalPodAutoscaler',
  Node: 'Node',
} as const;
export type ConditionKind = (typeof ConditionKind)[keyof typeof ConditionKind];

const name = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be a Kubernetes object name');

/** An object beside the one that is acted on. */
const objectRefSchema = z.strictObject({
  kind: z.enum(ConditionKind),
  /** Absent: that of the target. */
  namespace: name.optional(),
  name,
});
export type ObjectRef = z.infer<typeof objectRefSchema>;

/** Absent: the object that the action serves, as its plan has resolved it. */
const of = objectRefSchema.optional();

const plain = <K extends string>(kind: K) => z.strictObject({ kind: z.literal(kind), of });

/**
 * What must be so of an object. Judged on the object as the API server has it after the act, so that a controller that
 * has not seen the change yet says nothing.
 */
export const objectConditionSchema = z.discriminatedUnion('kind', [
  /** Every Pod is of the newest template, and available. */
  plain('rollout_complete'),
  /** A Pod or a node is ready; of a workload, as many Pods as it is to have are ready and available. */
  plain('ready'),
  /** Every container of the Pod, or of the workload's Pods, runs and has run so long since it was started last. */
  z.strictObject({ kind: z.literal('no_restarts'), forSeconds: seconds(86_400).default(60), of }),
  /** The Job has condition `Complete`. */
  plain('job_complete'),
  /** The Pod, or every Pod of the workload, has a node. */
  plain('pod_scheduled'),
  /** The claim is bound, as large as it asks to be, and no resize is under way. */
  plain('claim_bound'),
  /** The node is ready, and may be given Pods. */
  plain('node_ready'),
  /** No Pod is on the node but those that belong to it: of DaemonSets, and static ones. */
  plain('node_empty'),
  /** `status.conditions` has this one, of the object's present generation where it says which. */
  z.strictObject({
    kind: z.literal('condition'),
    type: z.string().min(1).max(316),
    status: z.enum(['True', 'False', 'Unknown']).default('True'),
    reason: z.string().max(1024).optional(),
    of,
  }),
]);
export type ObjectCondition = z.infer<typeof objectConditionSchema>;
