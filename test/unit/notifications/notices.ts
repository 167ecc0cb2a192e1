import type { RemediationNotice } from '../../../src/domain/notice/notification.ts';

/** An escalation with everything that can be told. */
export function aNotice(overrides: Partial<RemediationNotice> = {}): RemediationNotice {
  return {
    kind: 'escalated',
    remediationId: 'remediation/default/OrderServiceCPUThrottling/0123456789abcdef/1',
    alert: {
      labels: {
        alertname: 'OrderServiceCPUThrottling',
        severity: 'critical',
        service: 'order-service',
        team: 'shop',
      },
      annotations: { summary: 'order-service is throttled', runbook_url: 'https://runbooks.example/throttling' },
      startsAt: '2023-11-14T22:13:20.000Z',
    },
    linkHosts: ['runbooks.example'],
    summary: 'VerificationFailed: p95 latency 0.9 s is not <= 0.2 s; undo it by hand',
    details: ['2023-11-14T22:13:21.000Z Scaled 2 -> 5; waiting until ready'],
    action: 'scale',
    target: 'default/production/Deployment/order-service',
    effect: 'Scaled 2 -> 5',
    moved: { name: 'replicas', before: 2, after: 5 },
    signal: { name: 'p95 latency', unit: 's', before: 1.94321, after: null },
    manualCommand: 'kubectl -n production scale deployment order-service --replicas=2',
    webUiUrl: 'http://temporal.example/namespaces/default/workflows/remediation%2Fa',
    ...overrides,
  };
}
