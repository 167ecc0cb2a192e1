import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../dev/stack/index.ts';
import { ciValues } from '../support/chart/ci-values.ts';
import { at, type Helm, type Manifest, pick, startHelm } from '../support/chart/helm.ts';
import { installRelease } from '../support/chart/install-release.ts';
import { workerControllerCrds } from '../support/chart/worker-controller-crds.ts';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';

let helm: Helm;
beforeAll(async () => {
  helm = await startHelm();
});
afterAll(() => helm.close());

const BUILD = '0123456789abcdef';
const distributed = (values: object = {}) => helm.render({ files: [ciValues('distributed')], values });
const versioned = (workerDeployment: object = {}, more: object = {}) =>
  distributed({
    ...more,
    worker: { rollout: 'workerDeployment', workerDeployment: { buildId: BUILD, ...workerDeployment } },
  });
const ofKind = (manifests: readonly Manifest[], kind: string) => manifests.filter((one) => one.kind === kind);
const names = (container: unknown) => (at(container, 'env') as { name: string }[]).map(({ name }) => name);

describe('worker.rollout', () => {
  it('is one Deployment by default, whose workers are unversioned', async () => {
    const manifests = await distributed();
    const worker = pick(manifests, 'Deployment', 'mendloop-worker');
    expect(names(at(worker, 'spec.template.spec.containers.0'))).not.toContain('TEMPORAL_DEPLOYMENT_NAME');
    expect([...ofKind(manifests, 'WorkerDeployment'), ...ofKind(manifests, 'Connection')]).toEqual([]);
  });

  it('gives the same Pods to the worker controller, under the build ID of their workflows', async () => {
    const plain = pick(await distributed(), 'Deployment', 'mendloop-worker');
    const manifests = await versioned();
    expect(ofKind(manifests, 'Deployment').map(({ metadata }) => metadata.name)).toEqual(['mendloop-api']);
    const deployment = pick(manifests, 'WorkerDeployment', 'mendloop-worker');
    expect(deployment).toMatchObject({ apiVersion: 'temporal.io/v1alpha1' });
    expect(at(deployment, 'spec')).toMatchObject({
      replicas: 2,
      workerOptions: {
        connectionRef: { name: 'mendloop-worker' },
        temporalNamespace: 'default',
        unsafeCustomBuildID: BUILD,
      },
      rollout: { strategy: 'AllAtOnce' },
      sunset: { scaledownDelay: '24h', deleteDelay: '48h' },
    });
    expect(pick(manifests, 'Connection', 'mendloop-worker')).toMatchObject({
      spec: { hostPort: 'temporal-frontend.temporal.svc:7233' },
    });
    // The controller says where Temporal is; all else is as it was.
    const without = (pod: unknown) => {
      const copy = structuredClone(pod) as { spec: { containers: { env: { name: string }[] }[] } };
      for (const one of copy.spec.containers) one.env = one.env.filter(({ name }) => !name.startsWith('TEMPORAL_'));
      return copy;
    };
    expect(
      names(at(deployment, 'spec.template.spec.containers.0')).filter((name) => name.startsWith('TEMPORAL_')),
    ).toEqual([]);
    expect(without(at(deployment, 'spec.template'))).toEqual(without(at(plain, 'spec.template')));
  });

  it.each([
    [{ apiKeySecret: { name: 'cloud' } }, { apiKeySecretRef: { name: 'cloud', key: 'api-key' } }],
    [{ tls: { enabled: true } }, { tls: { serverName: 'temporal-frontend.temporal.svc' } }],
    [
      {
        tls: { enabled: true, serverName: 'temporal', clientSecret: { name: 'client' }, caSecret: { name: 'client' } },
      },
      { tls: { serverName: 'temporal' }, mutualTLSSecretRef: { name: 'client' } },
    ],
  ])('has the controller reach Temporal as the Pods do: %j', async (temporal, spec) => {
    const connection = pick(await versioned({}, { temporal }), 'Connection', 'mendloop-worker');
    expect(connection).toMatchObject({ spec });
  });

  it('takes a Connection that is there, and leaves the number of Pods to an autoscaler', async () => {
    const manifests = await distributed({
      worker: { rollout: 'workerDeployment', replicas: null, workerDeployment: { buildId: BUILD, connection: 'ours' } },
    });
    expect(ofKind(manifests, 'Connection')).toEqual([]);
    const deployment = pick(manifests, 'WorkerDeployment', 'mendloop-worker');
    expect(at(deployment, 'spec.workerOptions.connectionRef.name')).toBe('ours');
    expect(at(deployment, 'spec')).not.toHaveProperty('replicas');
  });

  it.each([
    [{ mode: 'standalone', worker: { rollout: 'workerDeployment' } }, 'mode standalone has no workers of its own'],
    [{ worker: { rollout: 'workerDeployment' } }, 'set what `mendloop deploy build-id` prints'],
    [{ worker: { workerDeployment: { buildId: 'latest' } } }, '/worker/workerDeployment/buildId'],
    [
      { worker: { rollout: 'workerDeployment', workerDeployment: { buildId: BUILD, strategy: 'Progressive' } } },
      'strategy Progressive needs steps',
    ],
    [
      {
        temporal: { tls: { caSecret: { name: 'authority' } } },
        worker: { rollout: 'workerDeployment', workerDeployment: { buildId: BUILD } },
      },
      "Temporal's worker controller reads ca.crt",
    ],
  ])('is refused with advice where it does not fit: %j', async (values, words) => {
    const base = 'mode' in values ? [] : [ciValues('distributed')];
    await expect(helm.render({ files: base, values })).rejects.toThrow(words);
  });
});

describe('setup.deployCheck', () => {
  const jobOf = async (values: object) =>
    ofKind(await distributed(values), 'Job').find(({ metadata }) => metadata.name.startsWith('mendloop-deploy-check-'));
  const on = { setup: { deployCheck: { enabled: true } } };

  it('is off by default', async () => {
    expect(await jobOf({})).toBeUndefined();
  });

  it('is a hook before an upgrade, named by its content, with what it needs to ask Temporal', async () => {
    const job = await jobOf(on);
    expect(at(job, 'metadata.annotations')).toMatchObject({ 'helm.sh/hook': 'pre-upgrade' });
    expect(job?.metadata.name).toMatch(/^mendloop-deploy-check-[0-9a-f]{8}$/);
    expect((await jobOf({ ...on, image: { tag: '0.2.0' } }))?.metadata.name).not.toBe(job?.metadata.name);
    const container: unknown = at(job, 'spec.template.spec.containers.0');
    expect(at(container, 'args')).toEqual(['deploy', 'check', '--limit', '1000']);
    expect(names(container)).toEqual(
      expect.arrayContaining(['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'MENDLOOP_CONFIG']),
    );
    const setup = ofKind(await distributed(on), 'Job').find(({ metadata }) => metadata.name.includes('schema'));
    expect(at(setup, 'metadata')).not.toHaveProperty('annotations');
  });

  it('reaches a Temporal with certificates', async () => {
    const job = ofKind(await helm.render({ files: [ciValues('distributed-everything')], values: on }), 'Job').find(
      ({ metadata }) => metadata.name.includes('deploy-check'),
    );
    const mounts = at(job, 'spec.template.spec.containers.0.volumeMounts') as { name: string }[];
    expect(mounts.map(({ name }) => name)).toEqual(['config', 'tmp', 'temporal-ca', 'temporal-client']);
  });
});

describe("an API server with the worker controller's kinds", () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startTestCluster();
    for (const crd of workerControllerCrds) {
      await cluster.human.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd);
    }
    await waitFor(() => cluster.human.get('/apis/temporal.io/v1alpha1').then(() => true), {
      what: 'the kinds of the controller',
      timeoutMs: 90_000,
    });
  });
  afterAll(() => cluster.stop());

  it('admits a release that the controller rolls out, and its upgrade to another build', async () => {
    await installRelease({ helm, cluster }, 'versions', { file: ciValues('distributed-versioned') });
    const path = '/apis/temporal.io/v1alpha1/namespaces/versions/workerdeployments/versions-worker';
    const built = async () => at(await cluster.human.get(path), 'spec.workerOptions.unsafeCustomBuildID');
    expect(await built()).toBe(BUILD);
    await helm.run(
      ...['upgrade', 'versions', 'helm/mendloop', '--namespace', 'versions', '--reuse-values', '--no-hooks'],
      ...['--set', 'worker.workerDeployment.buildId=fedcba9876543210'],
      ...['--kubeconfig', cluster.plane.kubeconfigPath],
    );
    expect(await built()).toBe('fedcba9876543210');
  });
});
