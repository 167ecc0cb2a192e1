import type { UnhandledAlert } from './unhandled.ts';

type Labels = UnhandledAlert['labels'];

/**
 * A rule to begin with, in Rego, for an alert that no rule is about; it only observes. By its labels it is about a service,
 * about the owner of a Pod, or a matter for a human. Undefined where a rule is about such alerts already: that one says
 * what it lacks.
 */
export function ruleStub({
  alertName,
  rule,
  labels,
}: Pick<UnhandledAlert, 'alertName' | 'rule' | 'labels'>): string | undefined {
  if (rule !== '') return undefined;
  const name = ruleName(alertName);
  const { severity } = labels;
  const wants = `wants := ${rego({ alertname: alertName, ...(severity === undefined ? {} : { severity }) })}`;
  return [`package mendloop.rules.${name}`, ...rulesOf(labels, name, wants)].join('\n\n') + '\n';
}

function rulesOf({ service, namespace, pod }: Labels, name: string, wants: string): string[] {
  const lib = 'import data.mendloop.lib';
  const observe = 'mode := "observe"';
  if (service !== undefined) {
    const plan = `# What it is, and how far it may go: services/data.yaml.\nplan := lib.scale_service(${rego(service)})`;
    return [lib, wants, observe, plan];
  }
  if (namespace !== undefined && pod !== undefined) {
    const plan = `# Its numbers: parameters/data.yaml.\nplan := lib.scale_pod(lib.parameters(${rego(name)}))`;
    return [lib, wants, 'names := {"namespace", "pod"}', observe, plan, `examples := [${rego({ namespace, pod })}]`];
  }
  return [wants, 'human := {"reason": "not understood yet"}'];
}

/** The last part of a package's name: `KubePodCrashLooping` is `kube_pod_crash_looping`. */
function ruleName(alertName: string): string {
  const words = alertName
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
  return `${/^[a-z]/.test(words) ? '' : 'alert_'}${words}`.replace(/_$/, '');
}

/** A text, or an object of texts, as Rego writes it. */
function rego(value: string | Readonly<Record<string, string>>): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const members = Object.entries(value).map(([key, text]) => `${JSON.stringify(key)}: ${JSON.stringify(text)}`);
  return `{${members.join(', ')}}`;
}
