import { RE2JS } from 're2js';
import { type RemediationNotice, type Urgency, urgencyOf } from './notification.ts';
import type { Outcome } from '../remediation/outcome.ts';

/** One route of the settings. */
export interface NoticeRoute {
  readonly match: {
    readonly urgency?: Exclude<Urgency, 'none'> | undefined;
    readonly outcomes?: readonly Outcome[] | undefined;
    readonly labels: Readonly<Record<string, string>>;
    /** Regular expressions of RE2, for the whole value. */
    readonly labelsMatching: Readonly<Record<string, string>>;
  };
  /** Names of channels. */
  readonly channels: readonly string[];
  /** Whether the routes after it are asked too. */
  readonly continue: boolean;
}

/** Whether a notice is for the channel of a name. */
export type NoticeRouter = (notice: RemediationNotice) => (channel: string) => boolean;

/**
 * Routes as Alertmanager has them, from the top: the first that matches decides, unless it says `continue`. Without any
 * route every channel is told. What no route matches is told to nobody, but for failures and questions, which
 * every channel is told: a hole in the routes must not swallow a page.
 *
 * Expressions run in time linear in the label's length, whatever they are: labels come from outside.
 */
export function createNoticeRouter(routes: readonly NoticeRoute[]): NoticeRouter {
  const compiled = routes.map((route) => ({ ...route, matches: matcherOf(route.match) }));
  return (notice) => {
    if (compiled.length === 0) return () => true;
    const chosen = new Set<string>();
    let matched = false;
    for (const route of compiled) {
      if (!route.matches(notice)) continue;
      matched = true;
      route.channels.forEach((channel) => chosen.add(channel));
      if (!route.continue) break;
    }
    return matched ? (channel) => chosen.has(channel) : () => lastingUrgency(notice) !== 'event';
  };
}

/** By kind alone: the end of a failure goes where the failure went. */
function lastingUrgency({ kind }: RemediationNotice): Exclude<Urgency, 'none'> {
  const urgency = urgencyOf({ kind });
  return urgency === 'none' ? 'event' : urgency;
}

function matcherOf(match: NoticeRoute['match']): (notice: RemediationNotice) => boolean {
  const exact = Object.entries(match.labels);
  const patterns = Object.entries(match.labelsMatching).map(([name, regex]) => ({ name, regex: RE2JS.compile(regex) }));
  return (notice) => {
    if (match.urgency !== undefined && match.urgency !== lastingUrgency(notice)) return false;
    if (match.outcomes !== undefined && !match.outcomes.some((outcome) => outcome === notice.kind)) return false;
    const valueOf = (name: string) =>
      Object.hasOwn(notice.alert.labels, name) ? (notice.alert.labels[name] ?? '') : '';
    return (
      exact.every(([name, value]) => valueOf(name) === value) &&
      patterns.every(({ name, regex }) => regex.testExact(valueOf(name)))
    );
  };
}
