import { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { readManifests } from '../../../examples/flash-sale/cluster/apply-manifests.ts';
import { cpuMillis, podSpec } from '../../../examples/flash-sale/cluster/pod-spec.ts';
import { endpointsOf, scrapeTargets } from '../../../examples/flash-sale/cluster/service-discovery.ts';

interface PodState {
  readonly ready?: 'True' | 'False';
  readonly labels?: Record<string, string>;
  readonly deletionTimestamp?: Date;
}

function podIn({ ready = 'True', labels = { app: 'order-service' }, ...deletion }: PodState = {}): V1Pod {
  return Object.assign(new V1Pod(), {
    metadata: { uid: 'u1', name: 'order-service-x', namespace: 'production', labels, ...deletion },
    spec: {
      nodeName: 'node-1',
      containers: [
        {
          name: 'order-service',
          env: [{ name: 'WORK_CPU_MS', value: '1.2' }],
          resources: { limits: { cpu: '100m', memory: '128Mi' } },
        },
      ],
    },
    status: { conditions: [{ type: 'Ready', status: ready }] },
  });
}

describe('podSpec', () => {
  it('takes variables and CPU limit from the container', () => {
    expect(podSpec(podIn())).toEqual({
      uid: 'u1',
      name: 'order-service-x',
      namespace: 'production',
      node: 'node-1',
      service: 'order-service',
      env: { WORK_CPU_MS: '1.2', SERVICE: 'order-service', CPU_LIMIT_MILLIS: '100' },
    });
  });

  it('asks for no process before the Pod is Ready, nor once it is deleted', () => {
    expect(podSpec(podIn({ ready: 'False' }))).toBeUndefined();
    expect(podSpec(podIn({ deletionTimestamp: new Date() }))).toBeUndefined();
  });

  it('leaves Pods of others alone', () => {
    expect(podSpec(podIn({ labels: {} }))).toBeUndefined();
  });

  it.each([
    ['100m', 100],
    ['0.1', 100],
    ['2', 2000],
  ])('reads %s as %i thousandths of a core', (quantity, millis) => expect(cpuMillis(quantity)).toBe(millis));

  it.each(['', 'lots', '0', '-1'])('refuses the quantity "%s"', (quantity) =>
    expect(() => cpuMillis(quantity)).toThrow('not a CPU quantity'),
  );
});

describe('service discovery', () => {
  const spec = podSpec(podIn());
  const pods = spec === undefined ? [] : [{ spec, endpoint: '127.0.0.1:4000' }];

  it('labels a scrape as Kubernetes service discovery would', () => {
    expect(scrapeTargets(pods)).toEqual([
      {
        targets: ['127.0.0.1:4000'],
        labels: { pod: 'order-service-x', namespace: 'production', service: 'order-service', node: 'node-1' },
      },
    ]);
  });

  it('lists endpoints by service', () => {
    expect(endpointsOf([...pods, ...pods])).toEqual({ 'order-service': ['127.0.0.1:4000', '127.0.0.1:4000'] });
  });
});

describe('manifests', () => {
  interface Deployment {
    readonly spec: {
      readonly replicas: number;
      readonly template: {
        readonly spec: { readonly containers: readonly { readonly resources: { readonly limits: { cpu: string } } }[] };
      };
    };
  }
  const limitOf = (objects: Awaited<ReturnType<typeof readManifests>>, name: string) =>
    (objects.find(({ metadata }) => metadata?.name === name) as unknown as Deployment).spec.template.spec.containers[0]!
      .resources.limits.cpu;

  it('come with the namespace first, and order-service at 2 replicas', async () => {
    const objects = await readManifests();
    expect(objects.map(({ kind }) => kind)).toEqual(['Namespace', ...Array<string>(4).fill('Deployment')]);
    const order = objects.find(({ metadata }) => metadata?.name === 'order-service') as unknown as Deployment;
    expect(order.spec.replicas).toBe(2);
  });

  it("take a scenario's limits, and only those", async () => {
    const objects = await readManifests({ inventory: '77m' });
    expect(limitOf(objects, 'inventory')).toBe('77m');
    expect(limitOf(objects, 'order-service')).toBe('100m');
  });
});
