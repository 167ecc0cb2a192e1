import { randomBytes } from 'node:crypto';
import { stringify } from 'yaml';

export interface Answers {
  /** As Mendloop reaches it. */
  readonly prometheus: string;
  readonly alertmanager: string;
  /** Mendloop's webhook as Alertmanager reaches it. */
  readonly webhook: string;
}

export interface InitFile {
  readonly path: string;
  readonly content: string;
  /** For its owner's eyes alone. */
  readonly secret?: boolean;
}

const TOKEN_FILE = 'webhook-token';

/** What `mendloop init` writes, by path below its folder. */
export function initFiles({ prometheus, alertmanager, webhook }: Answers): InitFile[] {
  const settings = {
    api: { webhookToken: { file: TOKEN_FILE } },
    prometheus: { url: prometheus },
    alerts: { confirm: { alertmanager: { url: alertmanager } } },
    policy: { bundle: 'policy.tar.gz' },
  };
  const receiver = {
    route: {
      routes: [
        {
          ...{ receiver: 'mendloop', matchers: ['alertname !~ "Watchdog|InfoInhibitor|RemediationFailed|Mendloop.*"'] },
          ...{ group_by: ['...'], group_wait: '0s', group_interval: '5s', repeat_interval: '5m', continue: true },
        },
      ],
    },
    receivers: [
      {
        name: 'mendloop',
        webhook_configs: [
          {
            ...{ url: webhook, send_resolved: true },
            http_config: {
              authorization: { type: 'Bearer', credentials_file: '/etc/alertmanager/secrets/mendloop-webhook/token' },
            },
          },
        ],
      },
    ],
  };
  return [
    { path: 'mendloop.yaml', content: `${SETTINGS_HEADER}${stringify(settings)}` },
    { path: TOKEN_FILE, content: `${randomBytes(32).toString('hex')}\n`, secret: true },
    { path: 'alertmanager-receiver.yml', content: `${RECEIVER_HEADER}${stringify(receiver)}` },
    { path: 'prometheus-rule.yml', content: `${ALERT_HEADER}${stringify(ALERT)}` },
    { path: 'policy/rules/pod_memory_high.rego', content: RULE },
    { path: 'policy/rules/pod_memory_high_test.rego', content: RULE_TEST },
    { path: 'policy/overrides/data.yaml', content: DATA },
  ];
}

const SETTINGS_HEADER = `# Settings of Mendloop: only what differs from the defaults. What else there is: examples/config/mendloop.example.yaml.
`;

const RECEIVER_HEADER = `# For Alertmanager's configuration: the route before yours, the receiver beside yours. The token is in ${TOKEN_FILE}; put it
# where credentials_file says.
`;

const ALERT_HEADER = `# For Prometheus: the alert that the rule of the policy answers. With its Operator it is the spec of a PrometheusRule.
`;

/** Of a Deployment's Pods, whose names end as `-7d9c5b8f64-x2x9k`. */
const OF_A_DEPLOYMENT = 'container!="",pod=~".+-[a-z0-9]+-[a-z0-9]{5}"';

const ALERT = {
  groups: [
    {
      name: 'mendloop-first-cure',
      rules: [
        {
          alert: 'PodMemoryHigh',
          expr: `max by (namespace, deployment) (
  label_replace(
    container_memory_working_set_bytes{${OF_A_DEPLOYMENT}}
      / (container_spec_memory_limit_bytes{${OF_A_DEPLOYMENT}} > 0),
    "deployment", "$1", "pod", "(.+)-[a-z0-9]+-[a-z0-9]{5}"
  )
) > 0.8
`,
          for: '2m',
          labels: { severity: 'warning' },
          annotations: { summary: 'A Pod of {{ $labels.namespace }}/{{ $labels.deployment }} is short of memory.' },
        },
      ],
    },
  ],
};

const RULE = `# A rule of your own: adds a Pod where one runs out of memory. In mode observe it decides and records, and changes nothing.
package mendloop.rules.pod_memory_high

import data.mendloop.lib

wants := {"alertname": "PodMemoryHigh"}

names := {"namespace", "deployment"}

mode := "observe"

plan := lib.scale({
	"name": lib.labels.deployment,
	"target": {"namespace": lib.labels.namespace, "kind": "Deployment", "name": lib.labels.deployment},
	"settings": {"scale": {"add": 1, "max": 5}, "runbook": "https://runbooks.example.com/pod-memory-high"},
	"objective": {
		"name": "memory used of the limit",
		"query": {
			"expr": concat("", [
				"max(container_memory_working_set_bytes{namespace=$namespace,container!=\\"\\"}",
				" / (container_spec_memory_limit_bytes{namespace=$namespace,container!=\\"\\"} > 0))",
			]),
			"vars": {"namespace": lib.labels.namespace},
		},
		"comparison": "<",
		"threshold": 0.8,
		"unit": "ratio",
	},
})

examples := [{"namespace": "shop", "deployment": "api"}]
`;

const RULE_TEST = `package pod_memory_high_test

import data.mendloop

test_one_more_pod_is_observed if {
	alert := {"labels": {"alertname": "PodMemoryHigh", "namespace": "shop", "deployment": "api"}}
	decision := mendloop.decision with input as {"alert": alert, "cluster": "default"}
	decision.verdict == "observe"
	decision.rule == "pod_memory_high"
	decision.plan.parameters.add == 1
}
`;

const DATA = `# What differs from the data that comes with Mendloop: policy.md has all of it.
limits:
  # Why a rule may act without a budget.
  withoutBudget:
    pod_memory_high: Bounded to 5 replicas, and only observed.
`;
