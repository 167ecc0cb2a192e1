import { z } from 'zod';

/** DNS-1123 subdomain: what Kubernetes allows as the name of a workload. */
const name = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be a Kubernetes object name');

export const TargetKind = {
  Deployment: 'Deployment',
  StatefulSet: 'StatefulSet',
  ReplicaSet: 'ReplicaSet',
  /** Resolved to the workload that owns the Pod before anything is decided on it. */
  Pod: 'Pod',
} as const;
export type TargetKind = (typeof TargetKind)[keyof typeof TargetKind];

/** Kinds that have a `scale` subresource. */
export type ScalableKind = Exclude<TargetKind, 'Pod'>;

/** The one object a remediation acts on. */
export const targetSchema = z.strictObject({
  cluster: z.string().min(1).max(253).default('default'),
  namespace: name,
  kind: z.enum(TargetKind),
  name,
});

export type Target = z.infer<typeof targetSchema>;

/** A target with an owner looked up: never a Pod. */
export type ScaleTarget = Omit<Target, 'kind'> & { kind: ScalableKind };
