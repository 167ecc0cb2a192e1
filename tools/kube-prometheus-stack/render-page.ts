import { type Consequence, CONSEQUENCES, consequenceOf } from '../../src/domain/decision/consequence.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { Decided } from './decide.ts';

export interface PageParts {
  readonly version: string;
  /** With the stack's own severities. */
  readonly stock: readonly Decided[];
  /** The same alerts, in the same order, with Mendloop's values for the stack. */
  readonly ours: readonly Decided[];
}

/** docs/kube-prometheus-stack.md. */
export function renderPage({ version, stock, ours }: PageParts): string {
  const changed = ours.filter((one, index) => one.severity !== stock[index]?.severity);
  return `# What Mendloop does about kube-prometheus-stack's alerts

<!-- Written by tools/kube-prometheus-stack/write-page.ts from the policy's own decisions: change it there. -->
<!-- prettier-ignore-start -->

Every alert that [kube-prometheus-stack](https://github.com/prometheus-community/helm-charts) ${version} has by default, and what the
policy that comes with Mendloop decides about it, asked with the labels that such an alert has. Alerts that stand twice have
two severities.

| | as the stack comes | with [our values](../helm/mendloop/examples/kube-prometheus-stack-values.yaml), as Mendloop comes | with our values, turned on |
| --- | --- | --- | --- |
${CONSEQUENCES.map((one) => countRow(one, stock, ours)).join('\n')}

- **healed**: acted on at once. **asked**: acted on when a human has said yes. **watched**: only recorded, with what would be done.
- **told**: whoever is on call is told why, what to look at first, and the runbook. **counted**: nobody is told.
- *As Mendloop comes* rules only watch; *turned on* is after \`overrides.modes\` takes that back ([policy](policy.md)). Who may act
  at all say \`remediation.mode\` and \`rbac\` of the chart besides ([install](install.md#let-it-act)).

With the stack's own values ${changed.map(({ alert }) => `\`${alert}\``).join(', ')} would come to nothing: its severity is \`info\`, which the
stack's inhibition mutes, and for which the policy never does more than watch. Our values raise it to \`warning\`, shorten its
window to ${changed.map((one) => one.for).join(', ')}, and route each alert by itself and at once (\`group_wait: 0s\`). \`Watchdog\` and \`InfoInhibitor\` are not sent
to Mendloop at all.

| alert | severity | for | as Mendloop comes | turned on | why |
| --- | --- | --- | --- | --- | --- |
${ours.map((one, index) => row(one, stock[index])).join('\n')}

<!-- prettier-ignore-end -->
`;
}

function countRow(consequence: Consequence, stock: readonly Decided[], ours: readonly Decided[]): string {
  const count = (all: readonly Decided[], of: (one: Decided) => Decision) =>
    all.filter((one) => consequenceOf(of(one)) === consequence).length;
  const shipped = (one: Decided) => one.shipped;
  return `| **${consequence}** | ${count(stock, shipped)} | ${count(ours, shipped)} | ${count(ours, (one) => one.turnedOn)} |`;
}

function row(one: Decided, stock: Decided | undefined): string {
  const raised = stock === undefined || stock.severity === one.severity ? '' : ` (stack: ${stock.severity})`;
  const [before, after] = [consequenceOf(one.shipped), consequenceOf(one.turnedOn)];
  const cells = [
    `\`${one.alert}\``,
    `${one.severity}${raised}`,
    one.for,
    before,
    before === after ? '' : `**${after}**`,
    why(one.turnedOn),
  ];
  return `| ${cells.join(' | ')} |`;
}

function why(decision: Decision): string {
  if ('plan' in decision) {
    const { plan, further = [] } = decision;
    const tried = [plan, ...further].map(({ action }) => action).join(', then ');
    const proof = plan.verification.objective === undefined ? 'the object itself' : 'its own metrics';
    return `${tried} (by its ${plan.target.kind}), proven by ${proof}`;
  }
  const [first = ''] = decision.reason.split(/(?<=\.) /);
  return first.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
