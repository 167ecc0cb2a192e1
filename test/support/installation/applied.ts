import { expect } from 'vitest';
import type { GitOpsTool } from '../../../src/domain/gitops/applier.ts';
import { PAUSE_MARK } from '../../../src/domain/gitops/pause-mark.ts';
import { CRDS, installCrd } from '../crds.ts';
import type { Stopped } from './api-gate.ts';
import { Incident } from './incidents.ts';
import type { Installation } from './installation.ts';

/** Of settings: what applies a target may be paused. */
export const MAY_SUSPEND = { argocd: { suspend: true }, flux: { suspend: true } };

/** Source: the CRDs of Argo CD and Flux. */
const KINDS = {
  argocd: {
    ...{ namespace: 'argocd', api: 'argoproj.io/v1alpha1', kind: 'Application', resource: 'applications' },
    spec: {
      ...{ project: 'default', destination: { server: 'https://kubernetes.default.svc' } },
      source: { repoURL: 'https://git.example.com/shop', path: 'deploy', targetRevision: 'main' },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    },
    marks: ({ name, namespace }: Incident) => ({
      annotations: { 'argocd.argoproj.io/tracking-id': `${name}:apps/Deployment:${namespace}/${name}` },
    }),
  },
  flux: {
    ...{ namespace: 'flux-system', api: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' },
    resource: 'kustomizations',
    spec: { interval: '5m', prune: true, sourceRef: { kind: 'GitRepository', name: 'fleet' } },
    marks: ({ name }: Incident) => ({
      labels: { 'kustomize.toolkit.fluxcd.io/name': name, 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' },
    }),
  },
} as const;

/** Their definitions, as they ship them; there is no controller of theirs. */
export async function installAppliers({ cluster }: Pick<Installation, 'cluster'>): Promise<void> {
  for (const { namespace } of Object.values(KINDS)) {
    await cluster.human.create('/api/v1/namespaces', { metadata: { name: namespace } });
  }
  for (const crd of [CRDS.applications, CRDS.kustomizations, CRDS.gitRepositories]) await installCrd(cluster, crd);
}

interface ApplierObject {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: unknown;
}

/** An incident whose Deployment is applied out of Git, with a policy that has what applies it paused. */
export class Applied {
  readonly incident: Incident;
  readonly #cluster: Installation['cluster'];
  readonly #path: string;
  readonly #before: unknown;

  private constructor(parts: { incident: Incident; cluster: Installation['cluster']; path: string; before: unknown }) {
    this.incident = parts.incident;
    this.#cluster = parts.cluster;
    this.#path = parts.path;
    this.#before = parts.before;
  }

  static async prepare(
    installation: Installation,
    tool: GitOpsTool,
    labels: Readonly<Record<string, string>> = {},
  ): Promise<Applied> {
    const { cluster } = installation;
    const incident = await Incident.prepare(installation, { ...labels, gitOps: 'suspend' });
    const { namespace, api, kind, resource, spec, marks } = KINDS[tool];
    const path = `/apis/${api}/namespaces/${namespace}/${resource}`;
    await cluster.human.create(path, { apiVersion: api, kind, metadata: { name: incident.name }, spec });
    await cluster.human.patch(incident.path, { metadata: marks(incident) });
    const { spec: before } = await cluster.human.get<ApplierObject>(`${path}/${incident.name}`);
    return new Applied({ incident, cluster, path: `${path}/${incident.name}`, before });
  }

  /** By which it is paused, and put back. */
  get change(): Pick<Stopped, 'method' | 'path'> {
    return { method: 'PATCH', path: new RegExp(`${this.#path}\\?`) };
  }

  /** Throws unless it puts nothing back now, for this remediation. */
  async isPaused(): Promise<void> {
    const { metadata, spec } = await this.#read();
    expect(metadata.annotations?.[PAUSE_MARK]).toContain(this.incident.id());
    expect(spec).not.toEqual(this.#before);
  }

  /** Throws unless it is exactly as it was at first. */
  async isAsBefore(): Promise<void> {
    const { metadata, spec } = await this.#read();
    expect(metadata.annotations ?? {}).not.toHaveProperty([PAUSE_MARK]);
    expect(spec).toEqual(this.#before);
  }

  async #read(): Promise<ApplierObject> {
    return await this.#cluster.human.get<ApplierObject>(this.#path);
  }
}
