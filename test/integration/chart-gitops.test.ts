import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../dev/stack/index.ts';
import { type Account, accountOf } from '../support/chart/account.ts';
import { type Helm, type Manifest, startHelm } from '../support/chart/helm.ts';
import { installRelease } from '../support/chart/install-release.ts';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { CRDS, installCrd } from '../support/crds.ts';

let helm: Helm;
let cluster: TestCluster;
const applications = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';

beforeAll(async () => {
  [helm, cluster] = await Promise.all([startHelm(), startTestCluster()]);
  await installCrd(cluster, CRDS.applications);
  for (const name of ['argocd', 'shop']) await cluster.human.create('/api/v1/namespaces', { metadata: { name } });
  await cluster.human.create(applications, {
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'shop' } },
    spec: {
      ...{ project: 'default', destination: { namespace: 'shop' } },
      source: { repoURL: 'https://git.example.com/shop', path: 'prod' },
      syncPolicy: { automated: { selfHeal: true } },
    },
  });
});
afterAll(async () => {
  await cluster.stop();
  await helm.close();
});

const toolRoles = (manifests: readonly Manifest[]) =>
  manifests.filter(({ kind, metadata }) => kind === 'Role' && /-(argocd|flux)$/.test(metadata.name));

async function accountWith(
  release: string,
  values: object,
  known: (account: Account) => Promise<boolean>,
): Promise<Account> {
  await installRelease({ helm, cluster }, release, { values });
  const account = await accountOf(cluster.plane, { namespace: release, name: release });
  await waitFor(() => known(account), { what: `the permissions of ${release}`, timeoutMs: 90_000 });
  return account;
}

describe('what the chart gives for GitOps', () => {
  it('is nothing unless it is asked for, then reading, then pausing too', async () => {
    expect(toolRoles(await helm.render({}))).toEqual([]);
    const read = toolRoles(await helm.render({ values: { gitOps: { flux: { enabled: true } } } }));
    expect(read).toMatchObject([{ metadata: { namespace: 'flux-system' } }]);
    expect(JSON.stringify(read)).not.toMatch(/patch|list/);
    const paused = toolRoles(
      await helm.render({ values: { gitOps: { argocd: { suspend: true, namespaces: ['argocd', 'apps'] } } } }),
    );
    expect(paused.map(({ metadata }) => metadata.namespace)).toEqual(['argocd', 'apps']);
    expect(JSON.stringify(paused)).toContain('"patch"');
  });

  it('is held to the field that pauses', async () => {
    const path = `${applications}/shop?dryRun=All`;
    const patch = (account: Account, body: object) => account.attempt({ method: 'PATCH', path, body });
    const other = { spec: { source: { repoURL: 'https://evil.example.com' } } };
    const account = await accountWith(
      'pausing',
      { gitOps: { argocd: { suspend: true } }, rbac: { namespaces: ['shop'] } },
      // What the role allows and the policy refuses: both are known then.
      async (one) => (await patch(one, other)).includes('Mendloop may change of the spec'),
    );
    expect(await patch(account, other)).toContain('of applications only syncPolicy');
    expect(await patch(account, { spec: { syncPolicy: { automated: null } } })).toBe('allowed');
    expect(await patch(account, { metadata: { annotations: { 'mendloop.dev/paused-for': '{}' } } })).toBe('allowed');
    expect(await patch(account, { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } } })).toContain(
      'no annotations but those below mendloop.dev/',
    );
    account.close();
  });
});

describe('what the chart gives for a diagnosis', () => {
  const readRules = (manifests: readonly Manifest[]) =>
    JSON.stringify(manifests.find(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name.endsWith('-read')));

  it('is Events and quotas by default, logs only where it is asked for, and nothing where it is off', async () => {
    const usual = readRules(await helm.render({}));
    expect(usual).toContain('"events"');
    expect(usual).not.toContain('pods/log');
    expect(readRules(await helm.render({ values: { diagnosis: { logs: true } } }))).toContain('pods/log');
    const off = readRules(await helm.render({ values: { diagnosis: { enabled: false, logs: true } } }));
    expect(off).not.toMatch(/"events"|pods\/log/);
  });
});
