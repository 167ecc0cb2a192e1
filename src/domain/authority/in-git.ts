import { nameObject, type SeenObject } from './seen-object.ts';

type Texts = Readonly<Record<string, string>>;

/** By what the objects of a tool that applies them, and puts them back, are known. */
interface Mark {
  readonly by: string;
  readonly labels?: RegExp;
  readonly annotations?: RegExp;
  readonly manager?: RegExp;
  /** The tool has been told to leave the object alone. */
  readonly isOff?: (object: SeenObject) => boolean;
}

const MARKS: readonly Mark[] = [
  {
    by: 'Argo CD',
    labels: /^argocd\.argoproj\.io\/(instance|application)/,
    annotations: /^argocd\.argoproj\.io\/(tracking-id|installation-id)$/,
    manager: /^argo-?cd/,
  },
  {
    by: 'Flux',
    labels: /^(kustomize|helm)\.toolkit\.fluxcd\.io\/(name|namespace)$/,
    manager: /^(kustomize|helm)-controller$/,
    isOff: ({ labels, annotations }) =>
      [labels, annotations].some(
        (texts) =>
          is(texts, 'kustomize.toolkit.fluxcd.io/reconcile', /^disabled$/i) ||
          is(texts, 'kustomize.toolkit.fluxcd.io/ssa', /^(ignore|ifnotpresent)$/i),
      ),
  },
  {
    by: 'Config Sync',
    annotations: /^configsync\.gke\.io\/resource-id$/,
    manager: /^configsync/,
    isOff: ({ annotations }) => is(annotations, 'configmanagement.gke.io/managed', /^disabled$/),
  },
  { by: 'Fleet', labels: /^objectset\.rio\.cattle\.io\/hash$/, annotations: /^objectset\.rio\.cattle\.io\/id$/ },
  { by: 'kapp', labels: /^kapp\.k14s\.io\/app$/ },
  { by: 'Operator Lifecycle Manager', labels: /^olm\.(owner|managed)$/ },
];

/** What applies one of the objects, and by what that is seen; undefined: nothing that is known here does. */
export function inGitBy(objects: readonly SeenObject[], argoTrackingLabel?: string): string | undefined {
  for (const object of objects) {
    const name = nameObject(object);
    for (const mark of MARKS) {
      const seenBy = mark.isOff?.(object) === true ? undefined : seenByOf(object, mark);
      if (seenBy !== undefined) return `${mark.by} (${seenBy} of ${name})`;
    }
    if (argoTrackingLabel !== undefined && Object.hasOwn(object.labels, argoTrackingLabel) && !isHelms(object)) {
      return `Argo CD (label ${argoTrackingLabel} of ${name})`;
    }
  }
  return undefined;
}

function seenByOf({ labels, annotations, managers }: SeenObject, mark: Mark): string | undefined {
  const label = keyOf(labels, mark.labels);
  if (label !== undefined) return `label ${label}`;
  const annotation = keyOf(annotations, mark.annotations);
  if (annotation !== undefined) return `annotation ${annotation}`;
  const manager = managers.find((name) => mark.manager?.test(name));
  return manager && `field manager ${manager}`;
}

/** An installation by Helm itself gives the same label, and says so by Helm's own marks. */
function isHelms({ labels, annotations, managers }: SeenObject): boolean {
  return (
    is(labels, 'app.kubernetes.io/managed-by', /^helm$/i) ||
    Object.hasOwn(annotations, 'meta.helm.sh/release-name') ||
    managers.includes('helm')
  );
}

function keyOf(texts: Texts, pattern: RegExp | undefined): string | undefined {
  return pattern && Object.keys(texts).find((key) => pattern.test(key));
}

function is(texts: Texts, key: string, value: RegExp): boolean {
  return Object.hasOwn(texts, key) && value.test(texts[key] ?? '');
}
