import { z } from 'zod';

/** A name, or the beginning of names with a `*` behind it. */
const pattern = z
  .string()
  .max(253)
  .regex(
    /^(\*|[a-z0-9]([-a-z0-9.]*[a-z0-9])?|[a-z0-9][-a-z0-9.]*\*)$/,
    'must be a name, or the beginning of one and *',
  );

/** A service account, with its namespace. */
const account = z
  .string()
  .max(507)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be namespace/name');

/** What Kubernetes takes as the key of a label or an annotation. */
const key = z
  .string()
  .max(317)
  .regex(
    /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'must be the key of a Kubernetes label',
  );

const namespaces = z.array(z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be a namespace'));

/** Argo CD and Flux: where their own objects are, and whether policy may have them paused for the time of a change. */
const gitOpsSchema = z.strictObject({
  argocd: z
    .strictObject({
      /** Of Applications; the first is that of the installation. Only in these one is ever paused. */
      namespaces: namespaces.min(1).max(100).default(['argocd']),
      /** Set where Argo CD tracks by a label (`app.kubernetes.io/instance`); absent: by its annotation. */
      trackingLabel: key.optional(),
      /** `gitOps: suspend` of policy may take `spec.syncPolicy.automated` away for the time of a change. */
      suspend: z.boolean().default(false),
    })
    .prefault({}),
  flux: z
    .strictObject({
      /** Of Kustomizations and HelmReleases. Only in these one is ever paused. */
      namespaces: namespaces.min(1).max(100).default(['flux-system']),
      /** The same by `spec.suspend`. */
      suspend: z.boolean().default(false),
    })
    .prefault({}),
});

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
  /** Service accounts that Jobs of policy's templates may run as, as `namespace/name`. None: such a Job has no token. */
  jobServiceAccounts: z.array(account).max(1000).default([]),
  /** Label or annotation of objects and namespaces that names their owner. The team's is `cost.teamLabel`. */
  ownerLabel: key.default('owner'),
  /** What applies objects out of Git, and would put them back. */
  gitOps: gitOpsSchema.prefault({}),
});
