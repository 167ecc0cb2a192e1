import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { samplesOf } from '../../../src/telemetry/metrics/samples.ts';

const PAGE = `# HELP temporal_workflow_task_execution_failed_total failed
temporal_workflow_task_execution_failed_total{failure_reason="NonDeterminismError",namespace="default",workflow_type="remediation"} 3
temporal_workflow_task_execution_failed_total{failure_reason="WorkflowError",namespace="default",workflow_type="ofTheNextVersion"} 2
temporal_activity_execution_failed_total{activity_type="prepare",namespace="default"} 5
temporal_activity_execution_failed_total{activity_type="of \\"the\\" next",namespace="default"} 7
temporal_activity_execution_failed_totality 1
`;

describe('what the SDK counts', () => {
  it('is shown under names of our own, from the beginning and once', async () => {
    const metrics = createMetrics();
    const shown = async (name: string) => samplesOf((await metrics.scrape()).body, name);
    const some = async (name: string) => (await shown(name)).filter(({ value }) => value > 0);
    expect((await shown('mendloop_workflow_task_failures_total')).length).toBeGreaterThan(0);
    expect(await some('mendloop_workflow_task_failures_total')).toEqual([]);
    metrics.workerStarted({ buildId: '0123456789abcdef', activities: ['prepare'] });
    for (let scrape = 0; scrape < 2; scrape += 1) metrics.readSdk(PAGE);
    expect(await some('mendloop_workflow_task_failures_total')).toEqual([
      { labels: { workflow_type: 'remediation', reason: 'NonDeterminismError' }, value: 3 },
      { labels: { workflow_type: 'ofTheNextVersion', reason: 'WorkflowError' }, value: 2 },
    ]);
    expect(await shown('mendloop_unknown_activities_total')).toEqual([{ labels: {}, value: 7 }]);
    expect(await shown('mendloop_worker_info')).toEqual([
      { labels: { build_id: '0123456789abcdef', deployment: '' }, value: 1 },
    ]);
  });
});

describe('samplesOf', () => {
  it('reads labels as they were meant, and no metric whose name only begins alike', () => {
    expect(samplesOf(PAGE, 'temporal_activity_execution_failed_total')).toEqual([
      { labels: { activity_type: 'prepare', namespace: 'default' }, value: 5 },
      { labels: { activity_type: 'of "the" next', namespace: 'default' }, value: 7 },
    ]);
  });
});
