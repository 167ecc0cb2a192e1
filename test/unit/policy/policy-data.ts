/** Data of a policy in which each key stands that there is, and all of it fits. */
export const fullData = {
  services: {
    cart: {
      target: { cluster: 'default', namespace: 'shop', kind: 'Deployment', name: 'cart' },
      scale: { add: 1, max: 10 },
      budget: { name: 'default', expectedHours: 4, whenUnknown: { allowUpTo: 3 } },
      neighbours: ['stock'],
      evidence: {
        threshold: 0.5,
        signals: [
          { use: 'traffic', weight: 2, minChange: 5 },
          {
            name: 'timeouts',
            source: { kind: 'loki', query: { expr: 'x', vars: { pod: { prefix: 'cart-' } } }, whenEmpty: 'zero' },
            baseline: { lookbackSeconds: 3600, days: 1 },
            deviations: { from: 2, full: 6 },
          },
        ],
      },
      lease: { headroom: 0.3, load: { name: 'requests', query: { expr: 'x', vars: {} }, unit: 'req/s' } },
      approval: { quorum: 2, roles: ['sre'], deadlineSeconds: 600, onDeadline: 'deny', reason: 'it is the till' },
      guards: { onBusy: 'wait', cooldownSeconds: 60, breaker: { failures: 2 } },
      objective: { name: 'p95', query: { expr: 'x', vars: {} }, comparison: '<=', threshold: 0.2, unit: 's' },
      runbook: 'https://runbooks.example.com/cart',
      defaults: { window: '2m', deadlineSeconds: 900 },
      metrics: { requestSeconds: 'http_seconds', serviceLabel: 'job', statusLabel: 'status' },
    },
  },
  slos: { cart: { latency: { quantile: '0.95', thresholdSeconds: 0.2 }, errors: { maxRatio: 0.01 } } },
  limits: {
    maxReplicas: 20,
    protectedNamespaces: ['kube-system'],
    gitOps: 'leave',
    step: { add: 1, max: 10 },
    guards: { onBusy: 'join' },
    budget: null,
    withoutBudget: { mine: 'It is small.' },
    namespaces: { pay: { maxReplicas: 3, guards: { cooldownSeconds: 1 }, budget: { name: 'pay' } } },
  },
  escalation: {
    quiet: ['info'],
    approval: { quorum: 1 },
    teams: { pay: { approval: { roles: ['pay'] } } },
    namespaces: { pay: { approval: { quorum: 2 } } },
  },
  modes: { mine: 'observe' },
  defaults: {
    window: '1m',
    intervalSeconds: 10,
    consecutive: 3,
    deadlineSeconds: 300,
    maxAgeSeconds: 60,
    effectDeadlineSeconds: 300,
    watchSeconds: 3600,
    neighbourTolerance: 0.5,
    neighbourMinChangeSeconds: 0.05,
    metrics: { requestSeconds: 'http_request_duration_seconds', serviceLabel: 'service', statusLabel: 'code' },
  },
  parameters: {
    mine: { scale: { replicas: 3 }, proof: { measure: 'throttled_seconds', threshold: 0.2 }, own: { hours: [9, 17] } },
  },
  catalogue: {
    why: { nodes: 'The nodes have no room.' },
    sources: { mixin: { group: 'Nodes', title: 'mixin', url: 'https://example.com', pages: 'https://example.com/' } },
    alerts: {
      mixin: {
        NodeFull: { why: 'nodes', look: 'the node', runbook: 'https://example.com/full' },
        NodeFuller: { as: 'NodeFull', mode: 'off' },
        Throttled: {
          decision: 'scale',
          target: 'service',
          label: 'job',
          plan: { evidence: { threshold: 0.5, signals: [{ use: 'errors' }] } },
          reason: 'it is slow',
        },
      },
    },
  },
  overrides: {
    limits: { maxReplicas: 30, namespaces: { pay: { maxReplicas: 4 } } },
    services: { cart: { scale: { add: null, factor: 1.5 }, lease: null } },
    catalogue: { Throttled: { plan: { evidence: { threshold: 0.6 } } } },
  },
  own: { anything: { goes: true } },
};
