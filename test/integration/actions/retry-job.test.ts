import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';
import { retryJobAction } from '../../../src/domain/actions/retry_job/retry-job.ts';
import { holdPendingLabel } from '../../../src/local/kubernetes/kwok-stages.ts';
import type { Stoppable } from '../../../dev/stack/index.ts';
import { actionRun } from '../../support/action-run.ts';
import { failedJob } from '../../support/actions/retry_job.ts';
import { startTestCluster, type TestCluster } from '../../support/cluster.ts';
import { startControllers } from '../../support/more-controllers.ts';
import { asServiceAccount, withoutOneVerb } from '../../support/service-account.ts';

let cluster: TestCluster;
let controllers: Stoppable | undefined;
let namespace: string;
let serial = 0;

beforeAll(async () => {
  cluster = await startTestCluster();
  controllers = await startControllers(cluster.plane, ['job-controller']);
});
afterAll(async () => {
  await controllers?.stop();
  await (cluster as TestCluster | undefined)?.stop();
});
beforeEach(async () => {
  serial += 1;
  namespace = `jobs-${serial}`;
  await cluster.human.create('/api/v1/namespaces', { metadata: { name: namespace } });
});

/** A copy that cannot finish yet, and is to be ended. */
async function running(kubernetes: KubernetesClient = cluster.kubernetes) {
  const subject = await failedJob({ cluster, namespace }, { [holdPendingLabel]: '' });
  const run = actionRun('retry_job', subject, kubernetes);
  const planned = await run.plan();
  const result = await run.start(planned);
  return { subject, run, planned, result };
}

describe('a copy that has not finished', () => {
  it('is ended by the undo, once, and found again where the answer was lost', async () => {
    const { subject, run, planned, result } = await running();
    expect(await run.done(planned)).toMatchObject({ changed: true });
    expect(await subject.look()).toBe(1);
    expect(await run.undo(planned)).toMatchObject({ status: 'restored' });
    await expect.poll(() => subject.look()).toBe(0);
    expect(await run.undo(planned, result)).toMatchObject({ status: 'restored' });
    expect(await run.done(planned)).toBeUndefined();
  });

  it('carries the labels of the failed one, its owner, and nothing by which that finds its Pods', async () => {
    const { planned } = await running();
    const { copy } = planned.change as { copy: string };
    const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
    const [one, other] = await Promise.all([
      cluster.human.get<JobObject>(`${path}/nightly`),
      cluster.human.get<JobObject>(`${path}/${copy}`),
    ]);
    expect(other.metadata.labels).toMatchObject({ app: 'nightly', 'mendloop.dev/retries': '1' });
    const own = 'batch.kubernetes.io/controller-uid';
    expect(other.spec.template.metadata.labels).toMatchObject({ app: 'nightly', [own]: other.metadata.uid });
    expect(one.spec.template.metadata.labels?.[own]).toBe(one.metadata.uid);
  });

  it.each(['delete jobs', 'get events'])('is not ended without the permission to %s', async (lacking) => {
    const permissions = withoutOneVerb(retryJobAction.permissions).find(([name]) => name === lacking)![1];
    const kubernetes = await asServiceAccount(cluster, { namespace, name: 'mendloop', permissions });
    const { run, planned } = await running(kubernetes);
    const undone = (async () => {
      await run.undo(planned);
      await run.undo(planned);
    })();
    await expect(undone).rejects.toMatchObject({ type: 'KubernetesForbidden' });
  });
});

interface JobObject {
  readonly metadata: { readonly uid: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: { readonly template: { readonly metadata: { readonly labels?: Readonly<Record<string, string>> } } };
}
