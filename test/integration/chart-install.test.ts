import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ensureServers, terminalProgress, waitFor } from '../../dev/stack/index.ts';
import { type Account, accountOf, flatRules } from '../support/chart/account.ts';
import { CI_VALUES, ciValues } from '../support/chart/ci-values.ts';
import { at, CHART_FOLDER, type Helm, startHelm } from '../support/chart/helm.ts';
import { installRelease, type ReleaseOptions } from '../support/chart/install-release.ts';
import { SCHEMA_LOCATION, writeKubeSchemas } from '../support/chart/kube-schemas.ts';
import { operatorCrds } from '../support/chart/operator-crds.ts';
import { workerControllerCrds } from '../support/chart/worker-controller-crds.ts';
import { diagnosisReads, only, permissions, reads } from '../support/chart/permissions.ts';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';

let helm: Helm;
let cluster: TestCluster;

beforeAll(async () => {
  [helm, cluster] = await Promise.all([startHelm(), startTestCluster()]);
  const { human } = cluster;
  for (const name of ['shop', 'payment', 'other']) await human.create('/api/v1/namespaces', { metadata: { name } });
  for (const crd of [...operatorCrds, ...workerControllerCrds])
    await human.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd);
  for (const group of ['monitoring.coreos.com', 'temporal.io']) {
    await until(`the kinds of ${group}`, () => human.get(`/apis/${group}/v1alpha1`).then(() => true));
  }
});
afterAll(async () => {
  await cluster.stop();
  await helm.close();
});

/** For hooks, in which `expect.poll` does not serve. */
const until = (what: string, holds: () => Promise<boolean>) => waitFor(holds, { what, timeoutMs: 90_000 });

const install = (release: string, options?: ReleaseOptions) => installRelease({ helm, cluster }, release, options);

describe("the API server's own schemas", () => {
  it.each(Object.entries(CI_VALUES))('take every field of ci/%s-values.yaml', async (name, file) => {
    const folder = join(helm.folder, 'schemas');
    await writeKubeSchemas(await cluster.human.get('/openapi/v2'), folder);
    const manifests = join(helm.folder, `${name}.yaml`);
    await writeFile(manifests, await helm.template({ files: [file] }));
    expect(await conform(folder, manifests)).toMatch(/Invalid: 0, Errors: 0, Skipped: 0/);
  });

  it('refuse a field that they do not know', async () => {
    const folder = join(helm.folder, 'schemas-strict');
    await writeKubeSchemas(await cluster.human.get('/openapi/v2'), folder);
    const manifests = join(helm.folder, 'wrong.yaml');
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' }, spec: { prots: [] } };
    await writeFile(manifests, stringify(service));
    await expect(conform(folder, manifests)).rejects.toThrow(/Command failed/);
  });
});

async function conform(folder: string, manifests: string): Promise<string> {
  const { kubeconform } = await ensureServers(['kubeconform'], { progress: terminalProgress() });
  const args = ['-strict', '-summary', '-schema-location', join(folder, SCHEMA_LOCATION), manifests];
  const { stdout } = await promisify(execFile)(kubeconform.path, args);
  return stdout;
}

describe('an installation', () => {
  it.each(Object.entries(CI_VALUES))('with ci/%s-values.yaml is admitted whole', async (name, file) => {
    const release = `ci-${name}`;
    await install(release, { file });
    const listed = await helm.run(
      'list',
      '-n',
      release,
      '--kubeconfig',
      cluster.plane.kubeconfigPath,
      '--output',
      'json',
    );
    expect(JSON.parse(listed)).toMatchObject([{ name: release, status: 'deployed' }]);
    // Whatever makes the Pods, Pod Security looks at each of them.
    const manifests = await helm.render({
      files: [file],
      values: { fullnameOverride: release },
      release,
      namespace: release,
    });
    for (const one of manifests.filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job', 'CronJob'].includes(kind))) {
      const path = one.kind === 'CronJob' ? 'spec.jobTemplate.spec.template.spec' : 'spec.template.spec';
      const pod = {
        metadata: { generateName: 'tried-' },
        spec: { ...(at(one, path) as object), ...volumesOf(one, path) },
      };
      await cluster.human.create(`/api/v1/namespaces/${release}/pods?dryRun=All`, {
        apiVersion: 'v1',
        kind: 'Pod',
        ...pod,
      });
    }
    await helm.run('uninstall', release, '-n', release, '--kubeconfig', cluster.plane.kubeconfigPath);
  });

  it('is upgraded: another version sets up anew by other Jobs, and leaves none behind', async () => {
    const jobs = async () => {
      const items = at(await cluster.human.get('/apis/batch/v1/namespaces/upgraded/jobs'), 'items') as unknown[];
      return items
        .filter((job) => at(job, 'metadata.deletionTimestamp') === undefined)
        .map((job) => at(job, 'metadata.name'));
    };
    await install('upgraded', { file: ciValues('distributed') });
    const before = await jobs();
    const upgrade = (...set: string[]) =>
      helm.run(
        ...['upgrade', 'upgraded', CHART_FOLDER, '--namespace', 'upgraded', '--reuse-values', ...set],
        ...['--kubeconfig', cluster.plane.kubeconfigPath],
      );
    await upgrade('--set', 'config.log.level=debug');
    expect(await jobs()).toEqual(before);
    await upgrade('--set', 'image.tag=0.2.0');
    const after = await jobs();
    expect(after).toHaveLength(2);
    expect(after.filter((name) => before.includes(name))).toEqual([]);
  });

  it('runs its Pods', async () => {
    await install('running', { file: ciValues('distributed') });
    const ready = async (name: string) =>
      at(await cluster.human.get(`/apis/apps/v1/namespaces/running/deployments/${name}`), 'status.readyReplicas');
    await expect.poll(() => ready('running-api')).toBe(2);
    await expect.poll(() => ready('running-worker')).toBe(2);
  });
});

describe('the account of a release that may scale in a list of namespaces', () => {
  let account: Account;
  beforeAll(async () => {
    await install('listed', { values: { rbac: { actions: ['scale'], namespaces: ['shop', 'payment'] } } });
    await cluster.human.deploy({ namespace: 'shop', name: 'api', replicas: 2 });
    await cluster.human.deploy({ namespace: 'other', name: 'api', replicas: 2 });
    account = await accountOf(cluster.plane, { namespace: 'listed', name: 'listed' });
  });
  afterAll(() => account.close());

  const scale = permissions['scale'] ?? [];
  const reading = () => flatRules([...reads, ...diagnosisReads.always, ...only(scale, 'reading')]);

  it('may do what the action asks for where it is opted in, and nothing more', async () => {
    await expect
      .poll(() => account.permissions('shop'))
      .toEqual([...new Set([...reading(), ...flatRules(scale)])].sort());
    expect(await account.permissions('payment')).toEqual(await account.permissions('shop'));
  });

  it('only reads elsewhere', async () => {
    expect(await account.permissions('other')).toEqual(reading());
    expect(await account.permissions('kube-system')).toEqual(reading());
  });

  it('scales by its token where it may, and is refused where it may not', async () => {
    const to = (namespace: string) => ({
      method: 'PATCH' as const,
      path: `/apis/apps/v1/namespaces/${namespace}/deployments/api/scale`,
      body: { spec: { replicas: 3 } },
    });
    expect(await account.attempt(to('shop'))).toBe('allowed');
    expect(await account.attempt(to('other'))).toContain('403 Forbidden');
  });

  it.each([
    ['a Secret', 'GET', '/api/v1/namespaces/shop/secrets/any'],
    ["the release's own Secrets", 'GET', '/api/v1/namespaces/listed/secrets/mendloop-webhook'],
    ['a Pod, which another action would', 'DELETE', '/api/v1/namespaces/shop/pods/any'],
    ['a whole workload', 'DELETE', '/apis/apps/v1/namespaces/shop/deployments/api'],
    ['a node', 'PATCH', '/api/v1/nodes/node-0'],
    ['its own roles', 'PATCH', '/apis/rbac.authorization.k8s.io/v1/clusterroles/listed-act'],
    [
      'its own admission policy',
      'DELETE',
      '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/listed-fields',
    ],
  ] as const)('is kept from %s', async (_what, method, path) => {
    const body = method === 'PATCH' ? { metadata: { annotations: { 'mendloop.dev/x': 'y' } } } : undefined;
    expect(await account.attempt({ method, path, body })).toContain('403 Forbidden');
  });
});

describe('the account of the API', () => {
  it('may do nothing', async () => {
    await install('parted', { file: ciValues('distributed'), values: { rbac: { namespaces: ['shop'] } } });
    const account = await accountOf(cluster.plane, { namespace: 'parted', name: 'parted-api' });
    expect(await account.permissions('shop')).toEqual([]);
    account.close();
  });
});

describe('the admission policy on fields', () => {
  let account: Account;
  const path = '/apis/apps/v1/namespaces/shop/deployments/marked';
  const node = '/api/v1/nodes/chart-node';
  const autoscaler = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/marked';

  beforeAll(async () => {
    const { human } = cluster;
    await human.deploy({ namespace: 'shop', name: 'marked', replicas: 2 });
    await human.patch(path, {
      metadata: { annotations: { 'example.com/owner': 'shop' } },
      spec: { minReadySeconds: 1 },
    });
    await human.create('/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers', {
      metadata: { name: 'marked' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'marked' },
        minReplicas: 1,
        maxReplicas: 5,
      },
    });
    await human.create('/api/v1/nodes', { metadata: { name: 'chart-node' } });
    await install('guarded', { values: { rbac: { actions: ['scale', 'delete_pod', 'drain'], namespaces: ['shop'] } } });
    account = await accountOf(cluster.plane, { namespace: 'guarded', name: 'guarded' });
    // The API server takes a policy up a moment after it was stored.
    await until('the policy', async () => (await patch(path, { spec: { paused: true } }, { dry: true })) !== 'allowed');
  });
  afterAll(() => account.close());

  const patch = (to: string, body: object, { dry = false } = {}) =>
    account.attempt({ method: 'PATCH', path: dry ? `${to}?dryRun=All` : to, body });
  const image = { spec: { template: { spec: { containers: [{ name: 'main', image: 'example/other' }] } } } };

  it('lets marks be set, changed and taken off', async () => {
    for (const value of ['a', 'b', null]) {
      expect(await patch(path, { metadata: { annotations: { 'mendloop.dev/remediation': value } } })).toBe('allowed');
    }
  });

  it('lets the ownership of a field be given back', async () => {
    const managers = at(await cluster.human.get(path), 'metadata.managedFields') as { manager: string }[];
    expect(await patch(path, { metadata: { managedFields: managers.slice(0, 1) } })).toBe('allowed');
  });

  it('lets replicas be moved by the scale subresource, and by nothing else', async () => {
    expect(await patch(`${path}/scale`, { spec: { replicas: 4 } })).toBe('allowed');
    expect(await patch(path, { spec: { replicas: 5 } })).toContain(
      'Mendloop may change of the spec of deployments nothing',
    );
    expect(at(await cluster.human.get(path), 'spec.replicas')).toBe(4);
  });

  it.each([
    ["another's annotation", { metadata: { annotations: { 'example.com/owner': 'me' } } }, 'no annotations but those'],
    [
      "the end of another's annotation",
      { metadata: { annotations: { 'example.com/owner': null } } },
      'no annotations but those',
    ],
    [
      'a new annotation of another',
      { metadata: { annotations: { 'example.com/new': 'x' } } },
      'no annotations but those',
    ],
    ['a label', { metadata: { labels: { app: 'other' } } }, 'neither labels'],
    ['a finalizer', { metadata: { finalizers: ['example.com/held'] } }, 'neither labels'],
    ['an image', image, 'of the spec of deployments nothing'],
    ['a field that was not there', { spec: { paused: true } }, 'of the spec of deployments nothing'],
    ['the end of a field', { spec: { minReadySeconds: null } }, 'of the spec of deployments nothing'],
  ])('refuses %s', async (_what, body, words) => {
    expect(await patch(path, body)).toContain(words);
  });

  it("lets an autoscaler's minimum be moved, and not its maximum", async () => {
    expect(await patch(autoscaler, { spec: { minReplicas: 3 } })).toBe('allowed');
    expect(await patch(autoscaler, { spec: { maxReplicas: 50 } })).toContain('only minReplicas');
  });

  it('lets a node be cordoned, and not tainted or labelled', async () => {
    expect(await patch(node, { spec: { unschedulable: true } })).toBe('allowed');
    expect(await patch(node, { spec: { unschedulable: null } })).toBe('allowed');
    expect(await patch(node, { spec: { taints: [{ key: 'x', effect: 'NoExecute' }] } })).toContain(
      'only unschedulable',
    );
    expect(await patch(node, { metadata: { labels: { role: 'x' } } })).toContain('neither labels');
  });

  it('is about no other account', async () => {
    await cluster.human.patch(path, { metadata: { annotations: { 'example.com/owner': 'another' } } });
    expect(at(await cluster.human.get(path), 'metadata.annotations')).toMatchObject({ 'example.com/owner': 'another' });
  });
});

describe('namespaces that are opted in by a label', () => {
  let account: Account;
  const scaleIn = (namespace: string) =>
    account.attempt({
      method: 'PATCH',
      path: `/apis/apps/v1/namespaces/${namespace}/deployments/labelled/scale?dryRun=All`,
      body: { spec: { replicas: 3 } },
    });
  const label = (namespace: string, value: string | null) =>
    cluster.human.patch(`/api/v1/namespaces/${namespace}`, {
      metadata: { labels: { 'mendloop.dev/remediate': value } },
    });

  beforeAll(async () => {
    for (const namespace of ['shop', 'other']) await cluster.human.deploy({ namespace, name: 'labelled', replicas: 2 });
    await label('shop', 'enabled');
    await install('labelled', { values: { rbac: { actions: ['scale', 'delete_pod'], optIn: 'label' } } });
    account = await accountOf(cluster.plane, { namespace: 'labelled', name: 'labelled' });
    await until('the policy', async () => (await scaleIn('other')).includes('the namespace is not opted in'));
  });
  afterAll(() => account.close());

  it('may be changed, and no others', async () => {
    expect(await scaleIn('shop')).toBe('allowed');
    const event = { metadata: { name: 'x' }, involvedObject: { namespace: 'other' } };
    const create = { method: 'POST' as const, path: '/api/v1/namespaces/other/events', body: event };
    expect(await account.attempt(create)).toContain('the namespace is not opted in');
    const [pod] = (at(await cluster.human.get('/api/v1/namespaces/other/pods'), 'items') as unknown[]).map((one) =>
      String(at(one, 'metadata.name')),
    );
    const remove = { method: 'DELETE' as const, path: `/api/v1/namespaces/other/pods/${pod}` };
    expect(await account.attempt(remove)).toContain('the namespace is not opted in');
  });

  it('may be read all the same', async () => {
    expect(await account.attempt({ path: '/apis/apps/v1/namespaces/other/deployments/labelled' })).toBe('allowed');
  });

  it('follow the label at once', async () => {
    await label('other', 'enabled');
    await expect.poll(() => scaleIn('other')).toBe('allowed');
    await label('other', null);
    await expect.poll(() => scaleIn('other')).toContain('the namespace is not opted in');
  });
});

/** A StatefulSet's Pods have its claims as volumes. */
function volumesOf(manifest: unknown, pod: string): object {
  const claims = (at(manifest, 'spec.volumeClaimTemplates') ?? []) as { metadata: { name: string } }[];
  const own = (at(manifest, `${pod}.volumes`) ?? []) as object[];
  const claimed = claims.map(({ metadata: { name } }) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { volumes: [...own, ...claimed] };
}
