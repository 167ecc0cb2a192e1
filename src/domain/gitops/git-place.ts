/** Source: Argo CD, `argoproj.io/v1alpha1` Application. */
interface ArgoSource {
  readonly repoURL?: string;
  readonly path?: string;
  readonly chart?: string;
  readonly targetRevision?: string;
  readonly ref?: string;
}

/** Where an Application has its objects from, for people; of several sources each. */
export function argoPlace(spec: { readonly source?: ArgoSource; readonly sources?: readonly ArgoSource[] }): string {
  const sources = (spec.sources ?? (spec.source === undefined ? [] : [spec.source])).slice(0, 4);
  const texts = sources.map(({ repoURL = 'no repository', path, chart, targetRevision = 'HEAD' }) =>
    placeText({ url: repoURL, path: chart === undefined ? path : undefined, chart, revision: targetRevision }),
  );
  return texts.length === 0 ? 'its Application names no source' : texts.join('; and ');
}

/** Source: Flux, `source.toolkit.fluxcd.io` GitRepository and its siblings. */
export interface FluxSource {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly url?: string;
  readonly ref?: Readonly<Record<string, unknown>>;
  /** Why it could not be read. */
  readonly why?: string;
}

export function fluxPlace(
  source: FluxSource,
  { path, chart, version }: { readonly path?: string; readonly chart?: string; readonly version?: string },
): string {
  const { kind, namespace, name, url, ref = {}, why } = source;
  const revision =
    version ??
    ['commit', 'tag', 'semver', 'branch', 'digest', 'name']
      .map((key) => ref[key])
      .find((value) => typeof value === 'string');
  const known = url ?? `${kind} ${namespace}/${name}${why === undefined ? '' : ` (${why})`}`;
  return placeText({ url: known, path, chart, revision: typeof revision === 'string' ? revision : undefined });
}

function placeText(place: {
  readonly url: string;
  readonly path?: string | undefined;
  readonly chart?: string | undefined;
  readonly revision?: string | undefined;
}): string {
  const { url, path, chart, revision } = place;
  return [
    url,
    ...(chart === undefined ? [] : [`chart ${chart}`]),
    ...(path === undefined || path === '' ? [] : [`path ${path.replace(/^\.\//, '') || '.'}`]),
    ...(revision === undefined || revision === '' ? [] : [`at ${revision}`]),
  ].join(' ');
}
