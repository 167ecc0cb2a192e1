import type { Platform } from './platform.ts';

/** What a person needs to play with a running set-up, ready to paste. */
export function showPlayground({ temporal, prometheus, alertmanager, apiUrl, cluster }: Platform): string {
  const alert = [
    `amtool alert add --alertmanager.url=${alertmanager.url}`,
    'alertname=OrderServiceCPUThrottling severity=critical service=order-service namespace=production team=checkout',
  ].join(' ');
  return [
    '',
    `  Temporal Web UI   ${temporal.uiUrl ?? '(headless)'}`,
    `  Prometheus        ${prometheus.url}`,
    `  Alertmanager      ${alertmanager.url}`,
    `  Mendloop          ${apiUrl}`,
    `  Kubernetes        kubectl --kubeconfig ${cluster.kubeconfigPath} -n production get deployments`,
    `  Temporal CLI      temporal workflow list --address ${temporal.address}`,
    '',
    '  An alert of your own:',
    '',
    `    ${alert}`,
    '',
    '  Ctrl-C stops everything.',
    '',
    '',
  ].join('\n');
}
