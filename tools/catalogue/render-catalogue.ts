import type { CureTerms, KnownAlert, Source } from './read-catalogue.ts';

const DECISIONS = { human: 'human', ignore: 'nothing' } as const;

/** The catalogue as a page for people. */
export function renderCatalogue(sources: readonly Source[], terms: readonly CureTerms[]): string {
  const alerts = sources.flatMap((source) => source.alerts);
  const count = (decision: KnownAlert['decision']) => alerts.filter((alert) => alert.decision === decision).length;
  const groups = [...new Set(sources.map(({ group }) => group))];
  return [
    '# Catalogue of known alerts',
    '',
    '<!-- Written by tools/catalogue-doc.ts from policy/catalogue: change it there. -->',
    '<!-- prettier-ignore-start -->',
    '',
    `What Mendloop's default policy decides about ${alerts.length} alerts that people have from elsewhere, where no rule of their own knows better:`,
    `${count('cure')} have a cure and ${count('scale')} may be scaled, once a human approves; ${count('human')} are for a human, ${count('ignore')} need nothing.`,
    '',
    '- **cure**: what is tried, one after the other, once you turn it on (`overrides.modes`): each is proven on the object itself, and undone',
    '  where it can be before the next. An alert whose labels do not name the object is for a human.',
    '- **scale**: once you turn it on (`overrides.modes`), one step at a time within `limits`, proven by metrics, undone if it does not help. An',
    '  alert that names no target, or a service that policy does not know, is for a human.',
    "- **human**: whoever is on call is told why, what to look at first, and the runbook (the alert's own goes first).",
    '- **nothing**: it is no trouble.',
    '',
    'Alerts of a severity in `escalation.quiet` (`none`, `info`) bother nobody: an action is only recorded (mode `observe`),',
    'and a word for a human is only counted. How to change an entry, add one or switch it off: [policy.md](policy.md).',
    '',
    '## Danger, and what has to be so before',
    '',
    'What a cure can make worse, and what has to be so before it, by its action; single alerts want more ([policy.md](policy.md#danger-and-what-has-to-be-so-before)).',
    'What is not so ends the cure: the next is tried, or a human is told which it was and what was seen.',
    '',
    '| action | what it can make worse | what has to be so before |',
    '| --- | --- | --- |',
    ...terms.map(({ action, danger, preconditions }) => `| \`${action}\` | ${danger} | ${preconditions.join('; ')} |`),
    ...groups.flatMap((group) => [
      '',
      `## ${group}`,
      ...sources.filter((source) => source.group === group).flatMap(renderSource),
    ]),
    '',
    '<!-- prettier-ignore-end -->',
    '',
  ].join('\n');
}

function renderSource({ title, url, alerts }: Source): string[] {
  return [
    '',
    `### [${title}](${url})`,
    '',
    '| alert | decision | why | look at first | runbook |',
    '| --- | --- | --- | --- | --- |',
    ...alerts.map(renderAlert),
  ];
}

function renderAlert(alert: KnownAlert): string {
  const { name, look, runbook, decision } = alert;
  const cells = [
    `\`${name}\``,
    describeDecision(alert),
    reasonOf(alert),
    look ?? '',
    decision === 'ignore' ? '' : `[open](${runbook})`,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function describeDecision(alert: KnownAlert): string {
  const { decision, cures = [], target } = alert;
  switch (decision) {
    case 'scale':
      return describeScaling(alert);
    case 'cure':
      return `**${cures.map(({ action }) => action).join('**, then **')}** (${target === 'service' ? `the service in label \`${alert.label ?? 'service'}\`` : (target ?? '')})`;
    default:
      return DECISIONS[decision];
  }
}

function reasonOf({ decision, reason }: KnownAlert): string {
  if (decision === 'scale') return `If it is not scaled: ${reason}`;
  return decision === 'cure' ? `If it is not cured: ${reason}` : reason;
}

function describeScaling({ target, label = 'service' }: KnownAlert): string {
  return target === 'pod'
    ? "**scale** the Pod's owner by `limits.step`"
    : `**scale** the service in label \`${label}\` as \`services\` says, if its traffic is abnormal`;
}
