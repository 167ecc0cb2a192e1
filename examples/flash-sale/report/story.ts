import type { Moments } from './report.ts';
import type { Tone } from '../../runner/report/paint.ts';

/** One line of the timeline. */
export interface Happening {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
  readonly tone: Tone;
}

/** What the story needs to know beside the times. */
export interface StoryFacts {
  /** Requests a second before and in the surge. */
  readonly rates: { readonly usual: number; readonly surge: number };
  readonly replicas: { readonly before: number; readonly peak: number };
  /** What policy decided, in its own words. */
  readonly decision: string;
  /** What verification found, in its own words. */
  readonly finding: string;
  readonly ending: string;
}

/** The moments of a run as lines for a person, in the order in which they came. */
export function tellStory(moments: Moments, facts: StoryFacts): readonly Happening[] {
  const { rates, replicas } = facts;
  const lines: readonly (readonly [number | undefined, string, Tone])[] = [
    [moments.surge, `The flash sale begins: ${rates.usual} -> ${rates.surge} orders a second`, 'strong'],
    [moments.pending, 'Prometheus sees order-service throttled on CPU', 'bad'],
    [moments.detected, 'Detected: the alert fires', 'bad'],
    [moments.webhook, 'Alertmanager calls the webhook; the remediation is durable', 'plain'],
    [moments.decided, facts.decision, 'plain'],
    [moments.scaled, `Scaled: ${replicas.before} -> ${replicas.peak} replicas`, 'plain'],
    [moments.ready, `Ready: ${replicas.peak} Pods`, 'plain'],
    [moments.workerKilled, 'The worker is killed with SIGKILL', 'bad'],
    [moments.workerBack, 'A new worker is started', 'plain'],
    [moments.verified, `Verified: ${facts.finding}`, 'good'],
    [moments.rolledBack, `Rolled back to ${replicas.before} replicas: ${facts.finding}`, 'bad'],
    [moments.surgeOver, 'The flash sale is over', 'quiet'],
    [moments.resolved, 'The alert resolves', 'good'],
    [moments.paged, 'The on-call is paged', 'bad'],
    [moments.closed, facts.ending, 'strong'],
  ];
  return lines
    .flatMap(([at, text, tone]) => (at === undefined ? [] : [{ at, text, tone }]))
    .toSorted((a, b) => a.at - b.at);
}
