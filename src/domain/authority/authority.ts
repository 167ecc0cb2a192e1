/** A Service of this cluster on which Mendloop itself rests: Temporal's frontend, the store. */
export interface BackingService {
  /** What it is, for people. */
  readonly what: string;
  readonly namespace: string;
  readonly name: string;
}

/** What the operator's settings, and never policy or an alert, say of what may be touched. */
export interface Authority {
  /** Namespaces that are opted in; a name that ends with `*` stands for all that begin so. */
  readonly namespaces: readonly string[];
  /** The same, of nodes. */
  readonly nodes: readonly string[];
  /** Opts in the namespace or the node that has it. */
  readonly label: { readonly key: string; readonly value: string };
  /** Further namespaces in which nothing is ever done. */
  readonly protectedNamespaces: readonly string[];
  /** Pods of the cluster's own namespaces may be evicted with all others of their node. */
  readonly evictsSystemPods: boolean;
  /** Service accounts that Jobs of policy's may run as, as `namespace/name`. */
  readonly jobServiceAccounts: readonly string[];
  /** Where Mendloop runs; absent: not in this cluster. */
  readonly ownNamespace?: string;
  readonly backing: readonly BackingService[];
  /** Labels or annotations that name the team and the owner. */
  readonly teamLabel: string;
  readonly ownerLabel: string;
  /** By which Argo CD tracks what it applies, where it does so by a label of its operator's choice. */
  readonly argoTrackingLabel?: string;
}

/** Whether a name is one of those, or begins as one of them that ends with `*`. */
export function isNamed(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name));
}
