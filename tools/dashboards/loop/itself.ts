import type { Row } from '../row.ts';
import { series } from '../panels.ts';
import { countedBy, JOB, quantile } from './expressions.ts';

/** Whether the machine is well. */
export function itselfRow(): Row {
  return {
    title: 'Mendloop itself',
    panels: [
      series({
        title: 'Webhook requests',
        description: 'By HTTP status. 5xx: not durable, and Alertmanager tries again.',
        queries: [{ expr: countedBy('code', 'mendloop_webhook_requests_total'), legend: '{{code}}' }],
        stacked: true,
        width: 6,
      }),
      series({
        title: 'Webhook latency',
        description: 'Until every alert of a request is durable.',
        queries: [0.5, 0.99].map((q) => ({
          expr: quantile(q, 'mendloop_webhook_request_seconds'),
          legend: `p${q * 100}`,
          exemplars: true,
        })),
        unit: 's',
        width: 6,
      }),
      series({
        title: 'Calls to Temporal, p95',
        description: 'Without the long polls.',
        queries: [{ expr: quantile(0.95, 'temporal_request_latency_seconds', ['operation']), legend: '{{operation}}' }],
        unit: 's',
        width: 6,
      }),
      series({
        title: 'Free places of the workers',
        description: 'None: work waits for a worker, and one more would help.',
        queries: [
          {
            expr: `sum by (task_queue, worker_type) (temporal_worker_task_slots_available{${JOB}})`,
            legend: '{{task_queue}}: {{worker_type}}',
          },
        ],
        width: 6,
      }),
    ],
  };
}
