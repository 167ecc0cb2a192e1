import { z } from 'zod';

/** A name, or the beginning of names with a `*` behind it. */
const pattern = z
  .string()
  .max(253)
  .regex(
    /^(\*|[a-z0-9]([-a-z0-9.]*[a-z0-9])?|[a-z0-9][-a-z0-9.]*\*)$/,
    'must be a name, or the beginning of one and *',
  );

/** What Kubernetes takes as the key of a label or an annotation. */
const key = z
  .string()
  .max(317)
  .regex(
    /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'must be the key of a Kubernetes label',
  );

/**
 * What may be touched. The cluster's own namespaces, control-plane nodes, what has a system priority, Mendloop itself, its
 * Temporal and its store are protected whatever stands here.
 */
export const targetsSchema = z.strictObject({
  /** Namespaces in which Mendloop may act; `shop-*`: all that begin so. None: only those with the label. */
  namespaces: z.array(pattern).max(1000).default([]),
  /** Nodes that may be drained, in the same way. */
  nodes: z.array(pattern).max(1000).default([]),
  /** Opts in a namespace, or a node, by a label of its own. */
  label: z
    .strictObject({
      key: key.default('mendloop.dev/remediate'),
      value: z.string().min(1).max(63).default('enabled'),
    })
    .prefault({}),
  /** Further namespaces in which nothing is ever done. */
  protectedNamespaces: z.array(pattern).max(1000).default([]),
  /** A drain may evict Pods of the cluster's own namespaces, and with a system priority, as `kubectl drain` does. */
  evictsSystemPods: z.boolean().default(false),
  /** Label or annotation of objects and namespaces that names their owner. The team's is `cost.teamLabel`. */
  ownerLabel: key.default('owner'),
});
export type TargetSettings = z.infer<typeof targetsSchema>;
