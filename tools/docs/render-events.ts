import { AUDIT_KINDS } from '../../src/domain/audit/audit-entry.ts';
import { APPROVAL_REQUESTED, ORDER_FORGED } from '../../src/domain/notice/notification.ts';
import { milestones, type Milestone } from '../../src/domain/remediation/milestone.ts';
import { Outcome } from '../../src/domain/remediation/outcome.ts';
import { OUTCOME_WORDS } from '../../src/domain/remediation/outcome-words.ts';
import { Step } from '../../src/domain/remediation/remediation.ts';

/** What happens in each step of the lifecycle. */
const STEPS: Readonly<Record<Step, string>> = {
  deciding: 'Policy is asked what to do.',
  preparing:
    'The target with its owners, the alert at its source, evidence, objective, preconditions and cost are read.',
  admitting: 'Target, slot and money are asked for.',
  joined: 'Another remediation works on the target; this one shares its end.',
  awaiting_approval: 'A human is asked.',
  acting: 'The effect is done.',
  verifying:
    'Until the effect is done, as Pods are ready, and then until fresh measurements prove or disprove the cure.',
  compensating: 'What was done is undone.',
  watching: 'Cured; the alert decays.',
  leasing: 'A temporary change goes back to where it was, in steps.',
  notifying: 'People are told.',
  ended: 'It is over; the outcome says how.',
};

const MILESTONES: Readonly<Record<Milestone, string>> = {
  received: 'The webhook has taken it.',
  decided: 'Policy has answered.',
  acted: 'The effect was done.',
  verified: 'The cure was proven.',
  resolved: 'Its end was heard.',
};

/** docs/events.md: what a remediation goes through, how it ends, what is told and what is written down. */
export function renderEvents(): string {
  const table = (head: string, rows: readonly (readonly [string, string])[]) =>
    [`| ${head} | what it says |`, '| --- | --- |', ...rows.map(([name, text]) => `| \`${name}\` | ${text} |`)].join(
      '\n',
    );
  const notices: (readonly [string, string])[] = [
    ...Object.values(Outcome).map((outcome) => [outcome, 'A remediation has ended so.'] as const),
    [APPROVAL_REQUESTED, 'A human is asked to say yes or no.'],
    [ORDER_FORGED, 'A vote or an order came past the API: its sender reaches Temporal, and may not.'],
  ];
  return [
    '# Events of a remediation',
    '<!-- Made from the code by tools/docs/generate.ts. -->',
    'The names by which programs know where a remediation stands and what has happened: in the `status` query, the HTTP API, notices, metrics and the audit log.',
    '## Steps',
    'Where it stands: `step` of its status and of each entry of its timeline.',
    table(
      'step',
      Object.values(Step).map((step) => [step, STEPS[step]] as const),
    ),
    '## Outcomes',
    'How it ended: `outcome` of its status, the search attribute `MendloopOutcome`, the label of `mendloop_remediations_total`.',
    table(
      'outcome',
      Object.values(Outcome).map(
        (outcome) => [outcome, `${OUTCOME_WORDS[outcome].text}: ${OUTCOME_WORDS[outcome].help}.`] as const,
      ),
    ),
    '## Milestones',
    'What `mendloop_alert_to_milestone_seconds` measures from the alert’s start to.',
    table(
      'milestone',
      milestones.map((milestone) => [milestone, MILESTONES[milestone]] as const),
    ),
    '## Notices',
    'What people are told: `outcome` of the body of the [webhook channel](notifications.md).',
    table('kind', notices),
    '## Audit log',
    'The `kind` of an entry; [audit.md](audit.md) says by whom and how it is kept.',
    table('kind', Object.entries(AUDIT_KINDS)),
  ].join('\n\n');
}
