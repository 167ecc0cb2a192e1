import { expect, it, vi } from 'vitest';
import { createActionEffects } from '../../../src/activities/actions/index.ts';
import { planChange } from '../../../src/activities/plan-change.ts';
import { authorizeWith } from '../../support/authority.ts';
import { type TestCluster, useTestCluster } from '../../support/cluster.ts';
import { arrangeWorkload } from '../../support/workload-subject.ts';
import { podsOf } from '../../support/workloads.ts';

let cluster: TestCluster;
let namespace: string;
useTestCluster('applied', (here) => {
  ({ cluster, namespace } = here);
});

const limits = { memory: { factor: 2, max: '1Gi' } };
const container = { name: 'main', image: 'example/none', resources: { limits: { memory: '64Mi' } } };
const container2 = { ...container, image: 'example/none:2' };

it.each<[string, object]>([
  ['restart', {}],
  ['rollback_release', {}],
  ['set_resources', { limits }],
  ['pause_rollout', {}],
])('%s of what Argo CD applies, named by one of its Pods, is known as such', async (action, parameters) => {
  const { patch, path, stall, read } = await arrangeWorkload(
    { cluster, namespace },
    { kind: 'Deployment', pod: { containers: [container] } },
  );
  await cluster.human.patch(path, { metadata: { labels: { 'argocd.argoproj.io/instance': 'shop' } } });
  // A pause needs a rollout that is under way, and a rollback one that there was.
  if (action === 'pause_rollout') await stall();
  if (action === 'pause_rollout' || action === 'rollback_release') {
    await patch({ template: { spec: { containers: [container2] } } });
    const revision = async () => (await read()).metadata.annotations?.['deployment.kubernetes.io/revision'];
    await expect.poll(revision).toBe('2');
  }
  const effects = createActionEffects(cluster);
  const authorize = authorizeWith(cluster.kubernetes);
  // Those of an older template go meanwhile.
  const planned = await vi.waitFor(
    async () => {
      const pod = (await podsOf(cluster, namespace, 'api')).at(-1)!;
      const target = { cluster: 'default', namespace, kind: 'Pod', name: pod.metadata.name };
      return await planChange({ effects, authorize }, { action, target, parameters: { ...parameters } });
    },
    { timeout: 90_000 },
  );
  expect(planned.target).toMatchObject({ kind: 'Deployment', name: 'api' });
  expect(planned.ownership?.appliedBy).toMatch(/^Argo CD .*Deployment \S+\/api\)$/);
});
