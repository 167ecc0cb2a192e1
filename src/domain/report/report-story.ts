import { describeTried } from '../ladder/ladder.ts';
import { planInForce } from '../ladder/plan-in-force.ts';
import type { Alert } from '../alert/alert.ts';
import { isPlanned } from '../decision/is-planned.ts';
import { modeOf } from '../decision/mode-of.ts';
import { describeMovement, deedOf } from '../remediation/what-was-done.ts';
import type { RemediationStatus } from '../remediation/remediation.ts';
import { nameTarget } from '../target/name-target.ts';
import { momentText } from '../text/moment-text.ts';
import { sentenceCase } from '../text/sentence-case.ts';

/** What is told: a remediation, and the alert that it was started for; absent if that is not known any more. */
interface Told {
  readonly status: RemediationStatus;
  readonly alert?: Pick<Alert, 'labels' | 'annotations' | 'startsAt'> | undefined;
}

/** What a reader wants to know first, each with its question: what, by how much, what it cost, who said yes, how it ended. */
export function reportStory({ status, alert }: Told): (readonly [string, string])[] {
  const { summary, outcome } = status;
  return [
    ['What happened', whatHappened(status, alert)],
    ['What was done', whatWasDone(status)],
    ['By how much', byHowMuch(status)],
    ['What it cost', cost(status)],
    ['Who said yes', whoSaidYes(status)],
    [outcome === undefined ? 'Where it stands' : 'How it ended', sentence(summary)],
  ];
}

function whatHappened({ source }: RemediationStatus, alert: Told['alert']): string {
  if (alert === undefined) return sentence(source?.text ?? 'The alert is not known any more');
  const { labels, annotations, startsAt } = alert;
  const name = labels['alertname'] ?? 'An alert';
  const about = annotations['summary'] ?? annotations['description'];
  return sentence(`${name} fired at ${momentText(startsAt)}${about === undefined ? '' : `: ${about}`}`);
}

function whatWasDone(status: RemediationStatus): string {
  const { planned, ladder } = status;
  const { effect, undo } = deedOf(status);
  const plan = planInForce(status);
  const target = planned?.target ?? plan?.target;
  const tried = describeTried(ladder?.tried ?? []);
  const before = tried === '' ? [] : [sentence(tried)];
  if (effect !== undefined) {
    const where = target === undefined ? '' : ` (${nameTarget(target)})`;
    return [
      ...before,
      sentence(`${effect}${where}`),
      ...(undo === undefined ? [] : [`Undone: ${sentence(undo)}`]),
    ].join(' ');
  }
  return [...before, sentence(planned === undefined ? 'Nothing' : `Nothing; planned was to ${planned.title}`)].join(
    ' ',
  );
}

function byHowMuch(status: RemediationStatus): string {
  const { verification, objective, compensation } = status;
  const { moved } = deedOf(status);
  const back = compensation?.status === 'restored' && compensation.moved !== undefined ? ', and back again' : '';
  const parts = [
    moved === undefined ? undefined : sentence(`${sentenceCase(moved.name)} ${describeMovement(moved)}${back}`),
    verification === undefined ? objective && sentence(objective.text) : sentence(verification.summary),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'Nothing was measured.' : parts.join(' ');
}

function cost({ budget }: RemediationStatus): string {
  return budget === undefined ? 'No budget was asked.' : sentence(budget.reason);
}

function whoSaidYes({ decision, approval }: RemediationStatus): string {
  if (approval === undefined) {
    const { mode, source } = isPlanned(decision) ? modeOf(decision) : {};
    return mode === undefined ? 'Nobody was asked.' : `Nobody was asked: mode ${mode}, by ${source}.`;
  }
  const said = approval.votes.map(
    ({ by, approve, reason }) => `${by} said ${approve ? 'yes' : 'no'}${reason === '' ? '' : `: ${reason}`}`,
  );
  const ends = { pending: 'It is still asked', expired: 'Its deadline passed', moot: 'The alert resolved first' };
  const { status } = approval;
  const end = status === 'approved' || status === 'rejected' ? [] : [ends[status]];
  return [...(said.length === 0 ? ['Nobody answered'] : said), ...end].map(sentence).join(' ');
}

function sentence(text: string): string {
  const whole = text.trim();
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
