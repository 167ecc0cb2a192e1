import { waitFor } from '../../dev/stack/index.ts';
import type { Here, Illness } from '../runner/contract.ts';
import { asExpected } from '../runner/workload.ts';

const NODE = 'job-failed-1';
const JOBS = '/apis/batch/v1/namespaces/job-failed/jobs';
const CRON_JOB = '/apis/batch/v1/namespaces/job-failed/cronjobs/invoices';

interface Job {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const node = {
  metadata: {
    name: NODE,
    annotations: { 'kwok.x-k8s.io/node': 'fake' },
    labels: { pool: 'job-failed', 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': NODE },
  },
  spec: { taints: [{ key: 'pool', value: 'job-failed', effect: 'NoSchedule' }] },
  status: Object.fromEntries(
    ['allocatable', 'capacity'].map((key) => [key, { cpu: '4', memory: '16Gi', pods: '110' }]),
  ),
};

const has = (type: string, { status }: Job) =>
  status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;

const jobs = async ({ cluster }: Here) => (await cluster.get<{ items: Job[] }>(JOBS)).items;

/** As the controller of CronJobs does it at three in the morning; the node of these Jobs comes too late. */
async function startTooEarly(here: Here): Promise<void> {
  const { cluster, signal } = here;
  const { spec } = await cluster.get<{ spec: { jobTemplate: { metadata: object; spec: object } } }>(CRON_JOB);
  await cluster.create(JOBS, { ...spec.jobTemplate, metadata: { ...spec.jobTemplate.metadata, name: 'invoices-1' } });
  const isFailed = async () => (await jobs(here)).some((job) => has('Failed', job));
  await waitFor(isFailed, { what: 'the Job to fail', timeoutMs: 30_000, signal });
  here.note('The Job has failed: DeadlineExceeded');
  await cluster.create('/api/v1/nodes', node);
  here.note('A node for it has come');
}

export const illness: Illness = {
  story: 'a nightly Job failed because its node came too late: it is run again, and the failed one is kept',
  actions: ['retry_job'],
  fault: { text: 'The Job of the invoices starts, and has no node within its deadline', bring: startTooEarly },
  expected: { outcome: 'remediated', action: 'retry_job', paged: false },
  look: async (here) => {
    const complete = (await jobs(here)).filter((job) => has('Complete', job)).map(({ metadata }) => metadata.name);
    return asExpected(complete.length === 1, `complete: ${complete.join(', ') || 'no Job'}`);
  },
  cleanUp: ({ cluster }) => cluster.remove(`/api/v1/nodes/${NODE}`),
};
