import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActionEffects } from '../../src/activities/actions/index.ts';
import { createLookInGit } from '../../src/activities/look-in-git.ts';
import { planChange } from '../../src/activities/plan-change.ts';
import { listPaused, pauseApplier, resumeApplier } from '../../src/clients/gitops/appliers.ts';
import { GITOPS_PERMISSIONS } from '../../src/clients/gitops/permissions.ts';
import type { KubernetesClient } from '../../src/clients/kubernetes/kubernetes-client.ts';
import type { PlannedChange } from '../../src/domain/actions/contract.ts';
import type { AppliedBy, GitOpsTerms } from '../../src/domain/gitops/applier.ts';
import { whereInGit, whyNotSuspended } from '../../src/domain/gitops/judge-appliers.ts';
import { createResumeEnded } from '../../src/workers/resume-ended.ts';
import { authorizeWith } from '../support/authority.ts';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { CRDS, installCrd } from '../support/crds.ts';
import { aPlan } from '../support/plans.ts';
import { asServiceAccount } from '../support/service-account.ts';

const ONE = 'remediation/default/Slow/00000000000000aa/1';
const OTHER = 'remediation/default/Slow/00000000000000bb/1';
const terms: GitOpsTerms = {
  argocd: { namespaces: ['argocd'], suspend: true },
  flux: { namespaces: ['flux-system'], suspend: true },
};
const applications = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';
const helmReleases = '/apis/helm.toolkit.fluxcd.io/v2/namespaces/flux-system/helmreleases';
const kustomizations = '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations';
const automated = { prune: true, selfHeal: true };

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startTestCluster();
  const { human } = cluster;
  for (const name of ['argocd', 'flux-system', 'shop'])
    await human.create('/api/v1/namespaces', { metadata: { name } });
  for (const crd of [
    CRDS.applications,
    CRDS.kustomizations,
    CRDS.gitRepositories,
    CRDS.helmReleases,
    CRDS.helmRepositories,
  ])
    await installCrd(cluster, crd);
  await human.create('/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/helmrepositories', {
    ...{ apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'HelmRepository', metadata: { name: 'charts' } },
    spec: { url: 'https://charts.example.com' },
  });
  await human.create('/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories', {
    ...{ apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata: { name: 'fleet' } },
    spec: { url: 'https://git.example.com/fleet', interval: '1m', ref: { branch: 'main' } },
  });
});
afterAll(() => cluster.stop());

interface Custom {
  readonly metadata: { readonly annotations?: Record<string, string>; readonly resourceVersion: string };
  readonly spec: Record<string, unknown>;
}

let serial = 0;

/** An Application with a Deployment that it applies. */
async function argo(
  over: { spec?: object; metadata?: object } = {},
): Promise<{ name: string; path: string; planned: PlannedChange }> {
  serial += 1;
  const name = `app-${serial}`;
  await cluster.human.create(applications, {
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name, ...over.metadata } },
    spec: {
      ...{ project: 'default', destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' } },
      source: { repoURL: 'https://git.example.com/shop', path: 'deploy/prod', targetRevision: 'main' },
      syncPolicy: { automated, syncOptions: ['CreateNamespace=true'] },
      ...over.spec,
    },
  });
  return {
    name,
    path: `${applications}/${name}`,
    planned: await plannedOf(name, {
      annotations: { 'argocd.argoproj.io/tracking-id': `${name}:apps/Deployment:shop/${name}` },
    }),
  };
}

async function flux(spec: object = {}): Promise<{ name: string; path: string; planned: PlannedChange }> {
  serial += 1;
  const name = `flux-${serial}`;
  await cluster.human.create(kustomizations, {
    ...{ apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name } },
    spec: {
      interval: '5m',
      prune: true,
      path: './apps/shop',
      sourceRef: { kind: 'GitRepository', name: 'fleet' },
      ...spec,
    },
  });
  const labels = { 'kustomize.toolkit.fluxcd.io/name': name, 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' };
  return { name, path: `${kustomizations}/${name}`, planned: await plannedOf(name, { labels }) };
}

async function helm(): Promise<{ name: string; path: string; planned: PlannedChange }> {
  serial += 1;
  const name = `helm-${serial}`;
  await cluster.human.create(helmReleases, {
    ...{ apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', metadata: { name } },
    spec: {
      interval: '5m',
      chart: { spec: { chart: 'shop', version: '1.4.x', sourceRef: { kind: 'HelmRepository', name: 'charts' } } },
      values: { replicas: 1 },
    },
  });
  const labels = { 'helm.toolkit.fluxcd.io/name': name, 'helm.toolkit.fluxcd.io/namespace': 'flux-system' };
  return { name, path: `${helmReleases}/${name}`, planned: await plannedOf(name, { labels }) };
}

async function plannedOf(
  name: string,
  metadata: object,
  kubernetes: KubernetesClient = cluster.kubernetes,
): Promise<PlannedChange> {
  await cluster.human.create('/apis/apps/v1/namespaces/shop/deployments', {
    metadata: { name, ...metadata },
    spec: {
      ...{ replicas: 1, selector: { matchLabels: { app: name } } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: 'example/none' }] },
      },
    },
  });
  return await plan(name, kubernetes);
}

function plan(
  name: string,
  kubernetes: KubernetesClient = cluster.kubernetes,
  with_: GitOpsTerms = terms,
): Promise<PlannedChange> {
  const parts = {
    effects: createActionEffects({ kubernetes: cluster.kubernetes }),
    authorize: authorizeWith(cluster.kubernetes),
    lookInGit: createLookInGit({ kubernetes, terms: with_ }),
  };
  const { action, parameters } = aPlan();
  return planChange(parts, {
    action,
    parameters,
    target: { cluster: 'default', namespace: 'shop', kind: 'Deployment', name },
  });
}

function only(planned: PlannedChange): AppliedBy {
  const [applier, ...more] = planned.ownership?.appliers ?? [];
  if (applier === undefined || more.length > 0) throw new Error('there is not exactly one applier');
  return applier;
}

const pause = (remediationId: string, applier: AppliedBy) =>
  pauseApplier(cluster.kubernetes, { remediationId, applier });
const resume = (remediationId: string, applier: AppliedBy) =>
  resumeApplier(cluster.kubernetes, { remediationId, applier });
const read = (path: string) => cluster.human.get<Custom>(path);

describe('what applies an object', () => {
  it('is told with its place in Git: Argo CD', async () => {
    const { name, planned } = await argo();
    expect(only(planned)).toMatchObject({
      ...{ tool: 'argocd', kind: 'Application', namespace: 'argocd', name, heals: true },
      inGit: 'https://git.example.com/shop path deploy/prod at main',
    });
    expect(whereInGit(planned.ownership ?? {})).toBe(
      `; in Git: https://git.example.com/shop path deploy/prod at main (Argo CD Application argocd/${name})`,
    );
    expect(whyNotSuspended(planned.ownership ?? {})).toBeUndefined();
  });

  it('is told with its place in Git: Flux', async () => {
    const { planned } = await flux();
    expect(only(planned)).toMatchObject({
      ...{ tool: 'flux', kind: 'Kustomization', heals: true },
      inGit: 'https://git.example.com/fleet path apps/shop at main',
    });
  });

  it('is told with the place of its chart: a Helm release of Flux', async () => {
    expect(only((await helm()).planned)).toMatchObject({
      ...{ tool: 'flux', kind: 'HelmRelease', heals: true },
      inGit: 'https://charts.example.com chart shop at 1.4.x',
    });
  });

  it.each([
    ['Argo CD', argo],
    ['Flux', flux],
    ["Flux's Helm releases", helm],
  ] as const)('puts back by itself again, once another remediation has ended its pause: %s', async (_tool, make) => {
    const { name, planned } = await make();
    await pause(OTHER, only(planned));
    const later = only(await plan(name));
    expect(later).toMatchObject({ heals: true });
    expect(later).not.toHaveProperty('cannotPause');
    expect(await pause(ONE, later)).toMatchObject({ status: 'paused' });
    expect(await resume(OTHER, only(planned))).toMatchObject({ status: 'left_paused' });
    expect(await resume(ONE, later)).toMatchObject({ status: 'resumed' });
  });

  it('may heal nothing as it stands', async () => {
    const byHand = { heals: false, putsBack: 'by_hand' };
    expect(only((await argo({ spec: { syncPolicy: {} } })).planned)).toMatchObject(byHand);
    expect(only((await flux({ suspend: true })).planned)).toMatchObject(byHand);
  });

  it('may put back later: without selfHeal, and without drift detection', async () => {
    const argoOf = async (automated: object) => only((await argo({ spec: { syncPolicy: { automated } } })).planned);
    expect(await argoOf({ selfHeal: false })).toMatchObject({ heals: true, putsBack: 'next_sync' });
    expect(await argoOf({ selfHeal: true })).not.toHaveProperty('putsBack');
    expect(only((await helm()).planned)).toMatchObject({ heals: true, putsBack: 'next_upgrade' });
    expect(only((await flux()).planned)).not.toHaveProperty('putsBack');
  });

  it.each([
    [
      'an ApplicationSet owns it',
      {
        ownerReferences: [
          { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'all', uid: 'u-1', controller: true },
        ],
      },
      /it belongs to ApplicationSet all, which would put the pause back/,
    ],
    [
      'another Application applies it',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'root:argoproj.io/Application:argocd/app' } },
      /it is itself applied by Argo CD/,
    ],
  ])('cannot be paused where %s', async (_why, metadata, text) => {
    expect(whyNotSuspended((await argo({ metadata })).planned.ownership ?? {})).toMatch(text);
  });

  it('cannot be paused where the settings do not allow it, or it is gone', async () => {
    const { name } = await argo();
    const off = { ...terms, argocd: { ...terms.argocd, suspend: false } };
    expect(whyNotSuspended((await plan(name, cluster.kubernetes, off)).ownership ?? {})).toMatch(/not enabled/);
    await cluster.human.remove(`${applications}/${name}`);
    expect(whyNotSuspended((await plan(name)).ownership ?? {})).toMatch(/not found/);
  });

  it('is none where the mark was copied from another object', async () => {
    serial += 1;
    const planned = await plannedOf(`copy-${serial}`, {
      annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/original' },
    });
    expect(planned.ownership).toHaveProperty('appliedBy');
    expect(planned.ownership).not.toHaveProperty('appliers');
  });
});

describe('a pause', () => {
  it.each([
    ['Argo CD', argo, (spec: Custom['spec']) => (spec['syncPolicy'] as { automated?: object }).automated, undefined],
    ['Flux', flux, (spec: Custom['spec']) => spec['suspend'], true],
    ["Flux's Helm releases", helm, (spec: Custom['spec']) => spec['suspend'], true],
  ] as const)('of %s is put back exactly, however often each is asked for', async (_tool, make, field, paused) => {
    const { path, planned } = await make();
    const before = await read(path);
    const applier = only(planned);
    for (let time = 0; time < 2; time += 1) {
      expect(await pause(ONE, applier)).toMatchObject({ status: 'paused' });
      expect(field((await read(path)).spec)).toEqual(paused);
    }
    expect(await resume(ONE, applier)).toMatchObject({ status: 'resumed' });
    const after = await read(path);
    expect(after.spec).toEqual(before.spec);
    expect(after.metadata.annotations ?? {}).toEqual(before.metadata.annotations ?? {});
    expect(await resume(ONE, applier)).toMatchObject({ status: 'nothing_to_resume' });
    expect((await read(path)).metadata.resourceVersion).toBe(after.metadata.resourceVersion);
  });

  it('is shared, and the last one that ends puts back', async () => {
    const { path, planned } = await argo();
    const { spec } = await read(path);
    await Promise.all([pause(ONE, only(planned)), pause(OTHER, only(planned))]);
    const listed = (await listPaused(cluster.kubernetes, terms)).find(
      ({ applier }) => applier.name === only(planned).name,
    );
    expect(listed?.by.toSorted()).toEqual([ONE, OTHER]);
    expect(await resume(ONE, only(planned))).toMatchObject({ status: 'left_paused' });
    expect((await read(path)).spec['syncPolicy']).not.toHaveProperty('automated');
    expect(await resume(OTHER, only(planned))).toMatchObject({ status: 'resumed' });
    expect((await read(path)).spec).toEqual(spec);
  });

  it('that a human has ended is not put back over it', async () => {
    const { path, planned } = await argo();
    await pause(ONE, only(planned));
    await cluster.human.patch(path, { spec: { syncPolicy: { automated: { prune: false } } } });
    expect(await resume(ONE, only(planned))).toMatchObject({ status: 'left_alone' });
    const { spec, metadata } = await read(path);
    expect(spec['syncPolicy']).toMatchObject({ automated: { prune: false } });
    expect(metadata.annotations ?? {}).not.toHaveProperty(['mendloop.dev/paused-for']);
  });

  it('is none of what a human has paused already', async () => {
    const { path, planned } = await flux({ suspend: true });
    expect(await pause(ONE, only(planned))).toMatchObject({ status: 'not_needed' });
    expect(await resume(ONE, only(planned))).toMatchObject({ status: 'nothing_to_resume' });
    expect((await read(path)).spec['suspend']).toBe(true);
  });

  it('never touches an object that was created anew', async () => {
    const { path, name, planned } = await flux();
    await pause(ONE, only(planned));
    await cluster.human.remove(path);
    await expect.poll(() => read(path).catch(() => 'gone'), { timeout: 90_000 }).toBe('gone');
    await cluster.human.create(kustomizations, {
      ...{ apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name } },
      spec: { interval: '5m', prune: true, sourceRef: { kind: 'GitRepository', name: 'fleet' }, suspend: true },
    });
    await expect(pause(OTHER, only(planned))).rejects.toMatchObject({ type: 'TargetReplaced' });
    expect(await resume(ONE, only(planned))).toMatchObject({ status: 'gone' });
    expect((await read(path)).spec['suspend']).toBe(true);
  });

  it('of a remediation that is over is found and put back; of one that is open it stays', async () => {
    const { path, planned } = await argo();
    const { spec } = await read(path);
    await pause(ONE, only(planned));
    const look = (open: readonly string[]) =>
      createResumeEnded({
        ...{ kubernetes: cluster.kubernetes, terms, isOpen: () => Promise.resolve(new Set(open)) },
        logger: { warn: () => undefined, info: () => undefined },
      })();
    await look([ONE]);
    expect((await read(path)).spec['syncPolicy']).not.toHaveProperty('automated');
    await look([]);
    expect((await read(path)).spec).toEqual(spec);
  });
});

describe('the permissions for GitOps', () => {
  const as = (namespace: string, name: string, verbs: (verb: string) => boolean, tool: 'argocd' | 'flux') =>
    asServiceAccount(cluster, {
      ...{ namespace, name },
      permissions: GITOPS_PERMISSIONS[tool]
        .map((rule) => ({ ...rule, verbs: rule.verbs.filter(verbs) }))
        .filter(({ verbs }) => verbs.length > 0),
    });

  it.each([
    ['argocd', 'argocd', argo],
    ['flux', 'flux-system', flux],
    ['flux', 'flux-system', helm],
  ] as const)('are enough to read, pause and put back: %s in %s, %#', async (tool, namespace, make) => {
    const { name, planned } = await make();
    const kubernetes = await as(namespace, `all-of-${name}`, () => true, tool);
    expect(only(await plan(name, kubernetes)).inGit).toMatch(/^https:/);
    expect(await pauseApplier(kubernetes, { remediationId: ONE, applier: only(planned) })).toMatchObject({
      status: 'paused',
    });
    const wanted = { ...terms, [tool === 'flux' ? 'argocd' : 'flux']: { namespaces: [namespace], suspend: false } };
    const found = await listPaused(kubernetes, wanted);
    expect(found.map(({ applier }) => applier.name)).toContain(name);
    expect(await resumeApplier(kubernetes, { remediationId: ONE, applier: only(planned) })).toMatchObject({
      status: 'resumed',
    });
  });

  it('name what is lacking: without get the place in Git is not known', async () => {
    const { name } = await argo();
    const kubernetes = await as('argocd', 'without-get', (verb) => verb !== 'get', 'argocd');
    const applier = only(await plan(name, kubernetes));
    expect(applier.inGit).toBe('not known: not permitted: get applications.argoproj.io');
    expect(applier.cannotPause).toBeDefined();
  });

  it.each(['patch', 'list'])('are all needed: without %s it is refused', async (lacking) => {
    const { planned } = await argo();
    const kubernetes = await as('argocd', `without-${lacking}`, (verb) => verb !== lacking, 'argocd');
    const wanted = { ...terms, flux: { ...terms.flux, suspend: false } };
    const call =
      lacking === 'patch'
        ? pauseApplier(kubernetes, { remediationId: ONE, applier: only(planned) })
        : listPaused(kubernetes, wanted);
    await expect(call).rejects.toMatchObject({ type: 'KubernetesForbidden' });
  });
});
