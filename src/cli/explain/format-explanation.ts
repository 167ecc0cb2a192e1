import { plansOf } from '../../domain/ladder/plans-of.ts';
import type { Decision } from '../../domain/decision.ts';
import { cut, plainLine } from '../../domain/text/plain-text.ts';
import type { GuardSaying } from './ask-guards.ts';
import { describePlan, type Section } from './describe-plan.ts';
import type { Explanation } from './explain-alert.ts';
import type { SignalSaying } from './measure-signals.ts';

/** Longest line; what came from labels must not flood the terminal. */
const MAX_LINE = 1100;

/** An explanation for people: one line a fact, long headings beside them. */
export function formatExplanation({ alert, decision, signals, guards }: Explanation): string {
  const { alertname = '(no name)', ...labels } = alert.labels;
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const sections: Section[] = [
    ['Alert', `${alertname}{${pairs.join(', ')}}`],
    ['Decision', describeVerdict(decision)],
    ['Rule', `${decision.rule || 'none'}, policy ${decision.policyRevision}`],
    ...describeRest(decision),
    ...(signals === undefined || signals.length === 0
      ? []
      : [['Signals now', ...signals.map(describeSignal)] as const]),
    ...(guards === undefined || guards.length === 0 ? [] : [['Guards now', ...guards.map(describeSaying)] as const]),
  ];
  const width = Math.max(...sections.map(([heading]) => heading.length)) + 2;
  return sections
    .flatMap(([heading, ...lines]) =>
      lines.map((line, index) => `${(index === 0 ? heading : '').padEnd(width)}${indented(line)}`),
    )
    .join('\n');
}

function describeVerdict(decision: Decision): string {
  switch (decision.verdict) {
    case 'plan':
      return decision.effectiveMode === undefined
        ? `plan, in mode ${decision.mode}`
        : `plan, in mode ${decision.effectiveMode.mode} (${decision.effectiveMode.source})`;
    case 'observe':
      return 'observe: this is what would be done; nothing is';
    case 'human':
      return 'human: whoever is on call is told';
    case 'reject':
      return 'reject: nothing is done, and nobody is told';
  }
}

function describeRest(decision: Decision): Section[] {
  if (decision.verdict === 'plan' || decision.verdict === 'observe') {
    const { runbookUrl } = decision.plan;
    const plans = plansOf(decision);
    const described = plans.flatMap((plan, index) => {
      const sections = describePlan(plan);
      if (plans.length === 1) return sections;
      const when = index === 0 ? 'tried first' : 'when the one before did not cure';
      return [[`Rung ${index + 1} of ${plans.length}`, when] as const, ...sections];
    });
    return [...described, ...(runbookUrl === undefined ? [] : [['Runbook', runbookUrl] as const])];
  }
  const runbookUrl = decision.verdict === 'human' ? decision.runbookUrl : undefined;
  return [['Reason', decision.reason], ...(runbookUrl === undefined ? [] : [['Runbook', runbookUrl] as const])];
}

const ANSWERS: Readonly<Record<GuardSaying['answer'], string>> = {
  pass: 'lets it pass',
  wait: 'makes it wait',
  stop: 'stops it',
  unknown: 'could not be asked',
};

function describeSaying({ guard, answer, text }: GuardSaying): string {
  return `${guard} ${ANSWERS[answer]}: ${text}`;
}

/** The proof names itself, and the evidence as a whole too. */
function describeSignal({ of, name, text }: SignalSaying): string {
  return text.startsWith(name) || name === 'confidence' ? `${of}: ${text}` : `${of}: ${name} ${text}`;
}

/** Made safe for a terminal; queries keep their indentation. */
function indented(line: string): string {
  const indent = line.startsWith('  ') ? '  ' : '';
  return `${indent}${cut(plainLine(line), MAX_LINE)}`;
}
