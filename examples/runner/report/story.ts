import type { AlertState } from '../observe/alert-states.ts';
import type { ObservedRemediation } from '../observe/remediation-watch.ts';
import type { Happening } from './report.ts';

export interface StoryFacts {
  readonly fault: { readonly at: number; readonly text: string };
  /** What the example itself noted. */
  readonly notes: readonly Happening[];
  readonly alerts: readonly AlertState[];
  readonly leader: ObservedRemediation | undefined;
  readonly others: readonly ObservedRemediation[];
  /** When the on-call's pager rang. */
  readonly pagedAt: number | undefined;
}

/** A run as lines for a person, in the order in which they came. */
export function tellStory({ fault, notes, alerts, leader, others, pagedAt }: StoryFacts): readonly Happening[] {
  const lines: Happening[] = [
    { at: fault.at, text: fault.text, tone: 'strong' },
    ...notes,
    ...alerts.map(({ at, alertname, state }): Happening => ({
      ...{ at, tone: 'bad' },
      text: state === 'pending' ? `Prometheus sees it: ${alertname} is pending` : `Detected: ${alertname} fires`,
    })),
    ...(leader === undefined ? [] : ofRemediation(leader)),
    ...(others.length === 0 ? [] : ofOthers(others)),
    ...(pagedAt === undefined ? [] : [{ at: pagedAt, text: 'The on-call is paged', tone: 'bad' } as const]),
  ];
  return lines.toSorted((one, other) => one.at - other.at);
}

function ofRemediation({ startedAt, resolvedAt, closedAt, result }: ObservedRemediation): Happening[] {
  const { timeline, outcome, summary } = result;
  const told = timeline.filter(({ text }, index) => text !== summary && text !== timeline[index - 1]?.text);
  return [
    { at: startedAt, text: 'Alertmanager calls the webhook; the remediation is durable', tone: 'plain' },
    ...told.map(({ at, text }): Happening => ({ at: Date.parse(at), text, tone: 'plain' })),
    ...(resolvedAt === undefined ? [] : [{ at: resolvedAt, text: 'The alert resolves', tone: 'good' as const }]),
    { at: closedAt, text: `Ended as ${outcome}: ${summary}`, tone: 'strong' },
  ];
}

function ofOthers(others: readonly ObservedRemediation[]): Happening[] {
  const last = Math.max(...others.map(({ closedAt }) => closedAt));
  const outcomes = new Set(others.map(({ result }) => result.outcome));
  return [{ at: last, text: `${others.length} more ended as ${[...outcomes].join(', ')}`, tone: 'strong' }];
}
