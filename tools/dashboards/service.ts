import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE, series, stat } from './panels.ts';
import { datasourceVariable, labelVariable, textVariable } from './variables.ts';

/** The Deployment as kube-state-metrics knows it. */
const DEPLOYMENT = 'namespace="$namespace", deployment="$deployment"';
/** Its Pods as the kubelet knows them. */
const PODS = 'namespace="$namespace", pod=~"$deployment-.*"';
/** Its requests as the service itself counts them: `http_request_duration_seconds` with a label `service`. */
const REQUESTS = 'service="$deployment"';

const latency = (q: number) =>
  `histogram_quantile(${q}, sum by (le) (rate(http_request_duration_seconds_bucket{${REQUESTS}}[$__rate_interval])))`;

/** One service: what the alert saw, what was done about it, and whether it helped. */
export function serviceDashboard(): Dashboard {
  return new DashboardBuilder('Mendloop: one service')
    .uid('mendloop-service')
    .description('What the alert saw, what Mendloop did about it, and whether that helped. Marks are its changes.')
    .tags(['mendloop'])
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('10s')
    .time({ from: 'now-30m', to: 'now' })
    .timezone('browser')
    .withVariable(datasourceVariable())
    .withVariable(
      labelVariable({
        name: 'namespace',
        label: 'Namespace',
        metric: 'kube_deployment_spec_replicas',
        of: 'namespace',
      }),
    )
    .withVariable(
      labelVariable({
        name: 'deployment',
        label: 'Deployment',
        metric: 'kube_deployment_spec_replicas{namespace="$namespace"}',
        of: 'deployment',
      }),
    )
    .withVariable(textVariable('objective', 'Objective in seconds', '0.2'))
    .annotation(
      new AnnotationQueryBuilder()
        .name('Remediations')
        .datasource(DATASOURCE)
        .enable(true)
        .iconColor('purple')
        // Its value is the moment of the change; Grafana counts in milliseconds.
        .expr(
          'mendloop_target_changed_timestamp_seconds{namespace="$namespace", kind="Deployment", name="$deployment"} * 1000',
        )
        .useValueForTime(true)
        .titleFormat('Mendloop: {{action}} {{result}}')
        .textFormat('{{namespace}}/{{name}}')
        .tagKeys('action,result'),
    )
    .annotation(
      new AnnotationQueryBuilder()
        .name('Alerts')
        .datasource(DATASOURCE)
        .enable(true)
        .iconColor('red')
        .expr('ALERTS{alertstate="firing", namespace="$namespace"}')
        .titleFormat('{{alertname}}')
        .textFormat('{{severity}}')
        .tagKeys('alertname'),
    )
    .withRow(new RowBuilder('Signal'))
    .withPanel(
      series({
        title: 'CPU throttling',
        description: 'Share of the time for which a Pod is held back by its CPU limit.',
        queries: [
          {
            expr: `sum by (pod) (rate(container_cpu_cfs_throttled_seconds_total{${PODS}}[$__rate_interval]))`,
            legend: '{{pod}}',
          },
        ],
        unit: 'percentunit',
      }),
    )
    .withPanel(
      series({
        title: 'Latency',
        description: 'Of requests to the service, and the objective that a cure has to reach.',
        queries: [
          { expr: latency(0.95), legend: 'p95' },
          { expr: latency(0.5), legend: 'median' },
          { expr: 'vector($objective)', legend: 'objective' },
        ],
        unit: 's',
      }),
    )
    .withRow(new RowBuilder('What was done'))
    .withPanel(
      series({
        title: 'Replicas',
        description: 'Wanted and ready.',
        queries: [
          { expr: `max(kube_deployment_spec_replicas{${DEPLOYMENT}})`, legend: 'wanted' },
          { expr: `max(kube_deployment_status_replicas_ready{${DEPLOYMENT}})`, legend: 'ready' },
        ],
      }),
    )
    .withPanel(
      series({
        title: 'Requests',
        description: 'A second.',
        queries: [
          { expr: `sum(rate(http_request_duration_seconds_count{${REQUESTS}}[$__rate_interval]))`, legend: 'requests' },
        ],
        unit: 'reqps',
      }),
    )
    .withPanel(
      stat({
        title: 'Last change by Mendloop',
        description: 'How long ago, by what was done.',
        queries: [
          {
            expr:
              'time() - max by (action, result) ' +
              '(mendloop_target_changed_timestamp_seconds{namespace="$namespace", kind="Deployment", name="$deployment"})',
            legend: '{{action}} {{result}}',
          },
        ],
        unit: 's',
        decimals: 0,
        width: 24,
      }),
    )
    .build();
}
