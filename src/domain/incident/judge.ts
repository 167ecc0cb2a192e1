import { type AlertIdentity, remediationId } from '../alert/remediation-id.ts';
import { Outcome } from '../remediation/outcome.ts';
import { type Incident, type IncidentEnd, isOpen } from './incident.ts';
import { Wants } from './wants.ts';

/**
 * Milliseconds after a cure in which the alert may still be told to fire with the same start: Prometheus looks back over
 * its rule's window, and Alertmanager tells a group again after five minutes by default.
 */
export const SETTLING_MS = 5 * 60_000;

/** How far a sender's clock may be ahead, in milliseconds. A start beyond that says nothing. */
export const MAX_AHEAD_MS = 3_600_000;

/** What a delivery says of one alert. Times are epoch ms, by the sender's clock. */
export type Told =
  | { readonly status: 'firing'; readonly startsAt: number; readonly wants: Wants }
  /** `endsAt` is absent where the sender gives none. */
  | { readonly status: 'resolved'; readonly endsAt?: number };

/** What is to be done about it, with the incident as it is from now on; without one, nothing is to be kept. */
export type Judgement =
  /** A new incident, to be started. `previous`: the one before it, as it is from now on. */
  | { readonly verdict: 'open'; readonly incident: Incident; readonly previous?: Incident }
  /** It is open and not known to be started: its start is tried again. */
  | { readonly verdict: 'start'; readonly incident: Incident }
  /** It is open, and started. */
  | { readonly verdict: 'duplicate'; readonly incident: Incident }
  /** It has ended without a cure, and the reason has not passed. */
  | { readonly verdict: 'repeat'; readonly incident: Incident }
  /** Its end is to be told. */
  | { readonly verdict: 'resolve'; readonly incident: Incident }
  /** There is nothing that it could be the end of; or that has been told already. */
  | { readonly verdict: 'ignore' };

export interface JudgeRequest {
  readonly identity: AlertIdentity;
  /** The alert's newest incident; absent: it never had one. */
  readonly incident: Incident | undefined;
  readonly told: Told;
  /** Epoch ms. */
  readonly now: number;
}

/**
 * To which incident of its alert a delivery belongs.
 *
 * - Firing belongs to the open incident, whatever its start: of a pair of senders each may have seen another one.
 * - Firing opens the next incident if the end of the last one was heard, also under the same start; or, after its
 *   remediation has ended, if it started later, or the reason for which that ended without a cure has passed.
 * - Resolved is the end of the incident that began before it, however often that is told.
 *
 * Whether it does fire is asked at its source, before the first effect.
 */
export function judge(request: JudgeRequest): Judgement {
  return request.told.status === 'firing' ? judgeFiring(request, request.told) : judgeResolved(request, request.told);
}

function judgeFiring(
  { identity, incident, now }: JudgeRequest,
  { startsAt, wants }: Extract<Told, { status: 'firing' }>,
): Judgement {
  const start = startsAt > now + MAX_AHEAD_MS ? undefined : startsAt;
  if (incident === undefined) return { verdict: 'open', incident: openIncident(identity, 1, start ?? now) };
  const { lastStart, ended, endHeardAt } = incident;
  const isLater = start !== undefined && start > lastStart;
  if (isOpen(incident)) {
    const seen = isLater ? { ...incident, lastStart: start } : incident;
    return { verdict: incident.started ? 'duplicate' : 'start', incident: seen };
  }
  if (endHeardAt !== undefined || isLater || (ended !== undefined && hasPassed(ended, wants, now))) {
    // Under the start of a spell that has ended, this one began after that end: its notice, repeated, is not the end of both.
    const began = Math.max(start ?? now, lastStart, (endHeardAt ?? -Infinity) + 1);
    return { verdict: 'open', incident: openIncident(identity, incident.n + 1, began), previous: superseded(incident) };
  }
  return { verdict: 'repeat', incident };
}

function openIncident({ cluster, alertName, fingerprint }: AlertIdentity, n: number, lastStart: number): Incident {
  const named = { cluster, alertName, fingerprint, n };
  return { ...named, remediationId: remediationId(named), lastStart, started: false, endTold: false };
}

/** Only the newest incident of an alert is ever entered again. */
function superseded({ ended, ...incident }: Incident): Incident {
  return ended === undefined ? incident : { ...incident, ended: { outcome: ended.outcome, at: ended.at } };
}

/** Whether the reason for which a remediation ended no longer keeps the same spell of its alert from being entered again. */
function hasPassed({ outcome, at, enterAgainAt }: IncidentEnd, wants: Wants, now: number): boolean {
  switch (outcome) {
    case Outcome.Observed:
    case Outcome.Rejected:
      return wants === Wants.More;
    case Outcome.Remediated:
    case Outcome.AlreadyHealthy:
    case Outcome.Joined:
    case Outcome.Suppressed:
      return now >= (enterAgainAt ?? at + SETTLING_MS);
    case 'lost':
      return true;
    // People were told, and have it: entered again only where a time was given.
    case Outcome.Denied:
    case Outcome.Expired:
    case Outcome.Escalated:
    case Outcome.RolledBack:
    case Outcome.Cancelled:
      return enterAgainAt !== undefined && now >= enterAgainAt;
  }
}

function judgeResolved({ incident, now }: JudgeRequest, told: Extract<Told, { status: 'resolved' }>): Judgement {
  if (incident === undefined || incident.endTold) return { verdict: 'ignore' };
  if (incident.endHeardAt !== undefined) return { verdict: 'resolve', incident };
  const { lastStart } = incident;
  const { endsAt = Math.max(now, lastStart) } = told;
  if (endsAt < lastStart) return { verdict: 'ignore' };
  const endHeardAt = Math.max(lastStart, Math.min(endsAt, now + MAX_AHEAD_MS));
  return { verdict: 'resolve', incident: { ...incident, endHeardAt } };
}
