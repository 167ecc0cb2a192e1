import type { Row } from '../row.ts';
import { series } from '../panels.ts';
import { countedBy, JOB } from './expressions.ts';

/** Which builds are at work, and whether they go on with what others began. */
export function upgradesRow(): Row {
  return {
    title: 'Upgrades',
    panels: [
      series({
        title: 'Builds of the workers',
        description: 'Workers by the build of their workflows. Two at once: an upgrade is under way.',
        queries: [
          {
            expr: `sum by (build_id, deployment) (mendloop_worker_info{${JOB}})`,
            legend: '{{build_id}} {{deployment}}',
          },
        ],
        width: 8,
      }),
      series({
        title: 'Workflow tasks that failed',
        description: 'NonDeterminismError: the workers do not go on with what others began; take the upgrade back.',
        queries: [
          {
            expr: countedBy('workflow_type, reason', 'mendloop_workflow_task_failures_total'),
            legend: '{{workflow_type}}: {{reason}}',
          },
        ],
        stacked: true,
        width: 8,
      }),
      series({
        title: 'Activities that a worker does not have',
        description: 'Given to it by a worker of another version; tried again until one has them.',
        queries: [{ expr: countedBy('instance', 'mendloop_unknown_activities_total'), legend: '{{instance}}' }],
        stacked: true,
        width: 8,
      }),
    ],
  };
}
