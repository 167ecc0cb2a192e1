/**
 * What kwok does in place of kubelets: it brings nodes and Pods to the states that a healthy cluster would, at once.
 * A Pod with this label stays Pending for ever, as one whose image cannot be pulled would.
 */
export const holdPendingLabel = 'stack.mendloop.dev/hold-pending';

/** A Pod with this label goes on ending after it was told to, as one on a dead node does, until the label is gone. */
export const holdTerminatingLabel = 'stack.mendloop.dev/hold-terminating';

interface Expression {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values?: string[];
}

const readyStatus = '.status.conditions.[] | select( .type == "Ready" ) | .status';
const notDeleted: Expression = { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' };

function stage(options: { name: string; kind: 'Node' | 'Pod'; when: Expression[]; next: object; delay?: object }) {
  const { name, kind, when, next, delay } = options;
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: 'v1', kind },
      selector: { matchExpressions: when },
      ...(delay ? { delay } : {}),
      next,
    },
  };
}

const nodeConditions = `
conditions:
{{ range NodeConditions }}
- type: {{ .type | Quote }}
  status: {{ .status | Quote }}
  reason: {{ .reason | Quote }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ Now | Quote }}
  lastTransitionTime: {{ Now | Quote }}
{{ end }}
`;

/** A container that ran to its end. */
const completed = `  restartCount: 0
  state:
    terminated:
      exitCode: 0
      reason: Completed
      startedAt: {{ $now | Quote }}
      finishedAt: {{ $now | Quote }}`;

/** Statuses for the containers of a list of the Pod's spec. */
function statusesOf(list: 'containers' | 'initContainers', status: string): string {
  const name = list === 'containers' ? 'containerStatuses' : 'initContainerStatuses';
  return `${name}:
{{ range .spec.${list} }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
${status}
{{ end }}`;
}

const runningPod = `
{{ $now := Now }}
phase: Running
startTime: {{ $now | Quote }}
conditions:
{{ range $type := list "Initialized" "ContainersReady" "Ready" }}
- type: {{ $type | Quote }}
  status: "True"
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
{{ range .spec.readinessGates }}
- type: {{ .conditionType | Quote }}
  status: "True"
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
${statusesOf('initContainers', `  ready: true\n${completed}`)}
${statusesOf(
  'containers',
  `  ready: true
  started: true
  restartCount: 0
  state:
    running:
      startedAt: {{ $now | Quote }}`,
)}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
{{ with PodIPWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "") }}
podIP: {{ . | Quote }}
podIPs:
- ip: {{ . | Quote }}
{{ end }}
`;

const finishedPod = `
{{ $now := Now }}
phase: Succeeded
${statusesOf('containers', `  ready: false\n  started: false\n${completed}`)}
`;

/** Without stages kwok ends with "no stages found". Five are enough. */
const stages = [
  stage({
    name: 'node-initialize',
    kind: 'Node',
    when: [{ key: readyStatus, operator: 'NotIn', values: ['True'] }],
    next: {
      statusTemplate: `${nodeConditions}
phase: Running
addresses:
- type: InternalIP
  address: {{ NodeIP | Quote }}
- type: Hostname
  address: {{ NodeName | Quote }}
{{ with NodePort }}
daemonEndpoints:
  kubeletEndpoint:
    Port: {{ . }}
{{ end }}
allocatable: {{ .status.allocatable | toJson }}
capacity: {{ .status.capacity | toJson }}
nodeInfo: {{ .status.nodeInfo | toJson }}
`,
    },
  }),
  // kwok renews the node's lease, which is what its life is judged by; the conditions are refreshed for completeness.
  stage({
    name: 'node-heartbeat',
    kind: 'Node',
    when: [{ key: readyStatus, operator: 'In', values: ['True'] }],
    delay: { durationMilliseconds: 600_000, jitterDurationMilliseconds: 610_000 },
    next: { statusTemplate: nodeConditions },
  }),
  stage({
    name: 'pod-ready',
    kind: 'Pod',
    when: [
      notDeleted,
      { key: '.status.phase', operator: 'In', values: ['Pending'] },
      { key: readyStatus, operator: 'NotIn', values: ['True'] },
      { key: `.metadata.labels["${holdPendingLabel}"]`, operator: 'DoesNotExist' },
    ],
    next: { statusTemplate: runningPod },
  }),
  stage({
    name: 'pod-complete',
    kind: 'Pod',
    when: [
      notDeleted,
      { key: '.status.phase', operator: 'In', values: ['Running'] },
      { key: '.metadata.ownerReferences.[].kind', operator: 'In', values: ['Job'] },
    ],
    next: { statusTemplate: finishedPod },
  }),
  stage({
    name: 'pod-delete',
    kind: 'Pod',
    when: [
      { key: '.metadata.deletionTimestamp', operator: 'Exists' },
      { key: `.metadata.labels["${holdTerminatingLabel}"]`, operator: 'DoesNotExist' },
    ],
    next: { finalizers: { empty: true }, delete: true },
  }),
];

/**
 * The content of kwok's configuration file, with more Stages where given, each a YAML text of one or more. Of several
 * that match, kwok takes one with a `weight` above zero: so a further one goes before those that are here.
 */
export function kwokConfig(more: readonly string[] = []): string {
  // JSON is valid YAML.
  return [...stages.map((one) => JSON.stringify(one)), ...more].join('\n---\n');
}

/** One more text for kwok: what every container is taken to have logged, from a file in a container runtime's format. */
export function kwokLogs(file: string): string {
  return JSON.stringify({
    ...{ apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'ClusterLogs', metadata: { name: 'logs' } },
    spec: { logs: [{ logsFile: file }] },
  });
}
