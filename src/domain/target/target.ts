import { z } from 'zod';

/** DNS-1123 subdomain: what Kubernetes allows as the name of a workload. */
const name = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be a Kubernetes object name');

/**
 * The one object a remediation acts on. A Pod that a plan names may stand for its owner: the action says which kinds it
 * takes, and resolves what it acts on before anything is decided on it.
 */
export const targetSchema = z.strictObject({
  cluster: z.string().min(1).max(253).default('default'),
  /** Empty for an object of the cluster itself, as a Node. */
  namespace: z.union([z.literal(''), name]).default(''),
  /** `Deployment`, `Pod`, `Node`, ... */
  kind: z.string().regex(/^[A-Z][A-Za-z0-9]{0,62}$/, 'must be a Kubernetes kind'),
  name,
});

export type Target = z.infer<typeof targetSchema>;
