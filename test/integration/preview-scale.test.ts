import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyScale } from '../../src/clients/kubernetes/apply-scale.ts';
import { inspectTarget } from '../../src/clients/kubernetes/inspect-target.ts';
import type { LeverChange } from '../../src/clients/kubernetes/lever.ts';
import { previewScale } from '../../src/clients/kubernetes/preview-scale.ts';
import type { Target } from '../../src/domain/target/target.ts';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';

const namespace = 'preview';
const REMEDIATION = 'remediation/A/0123456789abcdef/1767225600000';
let cluster: TestCluster;

const targetOf = (name: string): Target => ({ cluster: 'default', namespace, kind: 'Deployment', name });
const deploymentPath = (name: string) => `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;

/** A Deployment of two Pods, and the change of it to five. */
async function planned(name: string, to = 5): Promise<LeverChange> {
  await cluster.human.deploy({ namespace, name, replicas: 2 });
  return await changeOf(name, to);
}

async function changeOf(name: string, to: number): Promise<LeverChange> {
  const { target, uid, lever, value } = await inspectTarget(cluster.kubernetes, targetOf(name));
  return { remediationId: REMEDIATION, target, uid, lever, from: value, to };
}

/** All that could be noticed of a change; the status moves by itself. */
async function look(path: string) {
  const { metadata, spec } = await cluster.human.get<{
    metadata: { generation?: number; managedFields: unknown; annotations?: unknown };
    spec: unknown;
  }>(path);
  const managers = (metadata.managedFields as { manager: string; subresource?: string }[]).filter(
    ({ subresource }) => subresource !== 'status',
  );
  return { generation: metadata.generation, managers: managers.map(({ manager }) => manager), spec };
}

beforeAll(async () => {
  cluster = await startTestCluster();
  await cluster.human.create('/api/v1/namespaces', { metadata: { name: namespace } });
});

afterAll(async () => {
  await cluster.stop();
});

describe('previewScale', () => {
  it('shows the exact change as the API server would make it, and changes nothing', async () => {
    const change = await planned('api');
    const before = await look(deploymentPath('api'));
    const preview = await previewScale(cluster.kubernetes, change);
    expect(preview).toEqual({
      before: 2,
      after: 5,
      diff: [
        '--- Scale preview/api\tnow',
        '+++ Scale preview/api\tafter the change',
        '@@ -4,4 +4,4 @@',
        '   name: api',
        '   namespace: preview',
        ' spec:',
        '-  replicas: 2',
        '+  replicas: 5',
      ].join('\n'),
    });
    expect(await look(deploymentPath('api'))).toEqual(before);
    // The very change goes through afterwards, as no other hand has touched it.
    expect(await applyScale(cluster.kubernetes, change)).toEqual({ changed: true, before: 2, after: 5 });
    expect((await look(deploymentPath('api'))).spec).toMatchObject({ replicas: 5 });
  });

  it('moves minReplicas where an autoscaler owns the replicas', async () => {
    await cluster.human.deploy({ namespace, name: 'scaled', replicas: 2 });
    const autoscalers = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;
    await cluster.human.create(autoscalers, {
      metadata: { name: 'scaler', annotations: { password: 'hunter2' } },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled' },
        minReplicas: 2,
        maxReplicas: 10,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
        ],
      },
    });
    const change = await changeOf('scaled', 5);
    expect(change.lever).toMatchObject({ kind: 'autoscaler', name: 'scaler' });
    const before = await look(`${autoscalers}/scaler`);
    const { diff, ...values } = await previewScale(cluster.kubernetes, change);
    expect(values).toEqual({ before: 2, after: 5 });
    expect(diff).toContain('--- HorizontalPodAutoscaler preview/scaler\tnow');
    expect(diff).toContain('-  minReplicas: 2\n+  minReplicas: 5');
    expect(diff).not.toMatch(/hunter2|managedFields|resourceVersion/);
    expect(await look(`${autoscalers}/scaler`)).toEqual(before);
  });

  it('has no lines where nothing would change, and starts from zero', async () => {
    const change = await planned('same', 2);
    expect(await previewScale(cluster.kubernetes, change)).toEqual({ before: 2, after: 2, diff: '' });
    await cluster.human.patch(deploymentPath('same'), { spec: { replicas: 0 } });
    const fromZero = await changeOf('same', 3);
    const preview = await previewScale(cluster.kubernetes, fromZero);
    expect(preview).toMatchObject({ before: 0, after: 3 });
    expect(preview.diff).toContain('+  replicas: 3');
  });

  it('refuses as the change itself would be refused', async () => {
    const change = await planned('refused');
    const fails = (one: LeverChange) => expect(previewScale(cluster.kubernetes, one)).rejects;
    await fails({ ...change, from: 3 }).toMatchObject({ type: 'TargetChanged' });
    await fails({ ...change, uid: '00000000-0000-0000-0000-000000000000' }).toMatchObject({ type: 'TargetChanged' });
    await fails({ ...change, target: targetOf('missing') }).toMatchObject({ type: 'TargetNotFound' });
    await cluster.human.patch(deploymentPath('refused'), { spec: { replicas: 4 } });
    await fails(change).toMatchObject({ type: 'TargetChanged' });
  });
});
