import type { SeenObject } from '../authority/seen-object.ts';

/** The tools whose own objects are known here: what they apply can be traced back to Git, and they can be paused. */
export const GitOpsTool = { ArgoCd: 'argocd', Flux: 'flux' } as const;
export type GitOpsTool = (typeof GitOpsTool)[keyof typeof GitOpsTool];

const TOOL_NAMES: Readonly<Record<GitOpsTool, string>> = { argocd: 'Argo CD', flux: 'Flux' };

export type ApplierKind = 'Application' | 'Kustomization' | 'HelmRelease';

/** The object of a tool by which it applies others. */
export interface Applier {
  readonly tool: GitOpsTool;
  readonly kind: ApplierKind;
  readonly namespace: string;
  readonly name: string;
}

/** What the operator's settings say of the tools. */
export interface GitOpsTerms {
  readonly argocd: {
    /** Where Applications are that name no namespace of their own; the first is the installation's. */
    readonly namespaces: readonly string[];
    /** A label by which Argo CD is set to track; absent: by its annotation, as it does by default. */
    readonly trackingLabel?: string | undefined;
    readonly suspend: boolean;
  };
  readonly flux: {
    readonly namespaces: readonly string[];
    readonly suspend: boolean;
  };
}

/** When a tool puts a change back that it does not put back by itself, at any time. */
export const PutsBack = {
  /** Argo CD without `selfHeal`: when Git changes, or somebody syncs. */
  NextSync: 'next_sync',
  /** A HelmRelease without drift detection. */
  NextUpgrade: 'next_upgrade',
  /** It is paused, or syncs by hand alone. */
  ByHand: 'by_hand',
} as const;
export type PutsBack = (typeof PutsBack)[keyof typeof PutsBack];

/** One that was read: what it says of Git, and whether it can be paused. Recorded before the first effect. */
export interface AppliedBy extends Applier {
  /** Where in Git the truth is: `https://git.example.com/shop path deploy/prod at main`; or why that is not known. */
  readonly inGit: string;
  /** Absent: it could not be read. */
  readonly uid?: string;
  /** It puts changes back by itself, now or when a pause of Mendloop's has ended; else there is nothing to pause. */
  readonly heals: boolean;
  /** Absent: by itself, within seconds or minutes; or that is not known. */
  readonly putsBack?: PutsBack;
  /** Why it cannot be paused; absent: it can. */
  readonly cannotPause?: string;
}

/** `Argo CD Application argocd/shop`. */
export function nameApplier({ tool, kind, namespace, name }: Applier): string {
  return `${TOOL_NAMES[tool]} ${kind} ${namespace}/${name}`;
}

const TRACKING_ID = 'argocd.argoproj.io/tracking-id';
const ARGO_LABEL = /^argocd\.argoproj\.io\/(instance|application)$/;

/**
 * By which object of Argo CD or Flux an object is applied, as its marks say; undefined: by none, or none that is named. A
 * mark is no authority: whether the object it names exists is looked at.
 */
export function applierOf(object: SeenObject, { argocd }: Pick<GitOpsTerms, 'argocd'>): Applier | undefined {
  return argoApplier(object, argocd) ?? fluxApplier(object);
}

function argoApplier(object: SeenObject, argocd: GitOpsTerms['argocd']): Applier | undefined {
  const { labels, annotations } = object;
  const byId = tracked(annotations[TRACKING_ID], object);
  const label = Object.keys(labels).find((key) => ARGO_LABEL.test(key) || key === argocd.trackingLabel);
  const instance = byId ?? (label === undefined ? undefined : labels[label]);
  if (instance === undefined || instance === '') return undefined;
  // An Application outside of the installation's own namespace goes by both names. Source: Argo CD, `InstanceName`.
  const [, namespace, name] = /^([a-z0-9-]+)_([a-z0-9.-]+)$/.exec(instance) ?? [];
  const own = argocd.namespaces[0] ?? 'argocd';
  return { tool: 'argocd', kind: 'Application', namespace: namespace ?? own, name: name ?? instance };
}

/** `shop:apps/Deployment:prod/cart`. One that was copied from another object is no mark of this one, as Argo CD has it. */
function tracked(id: string | undefined, { kind, namespace, name }: SeenObject): string | undefined {
  const [, instance, of, where, what] = /^(.+):[^:/]*\/([^:/]+):([^:/]*)\/([^:/]+)$/.exec(id ?? '') ?? [];
  const isItsOwn = of === kind && what === name && (where === namespace || where === '');
  return isItsOwn ? instance : undefined;
}

function fluxApplier({ labels }: SeenObject): Applier | undefined {
  for (const [prefix, kind] of [
    ['helm', 'HelmRelease'],
    ['kustomize', 'Kustomization'],
  ] as const) {
    const name = labels[`${prefix}.toolkit.fluxcd.io/name`];
    const namespace = labels[`${prefix}.toolkit.fluxcd.io/namespace`];
    if (name !== undefined && namespace !== undefined) return { tool: 'flux', kind, namespace, name };
  }
  return undefined;
}
