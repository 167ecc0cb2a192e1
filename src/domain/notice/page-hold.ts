import { momentText } from '../text/moment-text.ts';
import { FAILURE_ALERT } from './notification.ts';
import { REDACTED } from '../text/redact.ts';

/** Author of our silences. */
export const SILENCE_AUTHOR = 'mendloop';

/** Label of the alerts that Mendloop itself raises: whose remediation they are about. */
export const REMEDIATION_LABEL = 'mendloop_remediation';

/** How much earlier than announced a silence may have ended by rounding alone, in milliseconds. */
const ROUNDING_MS = 2_000;

/** A change of less is none, in milliseconds: Alertmanager's clock is known to the second only. */
const LEAST_MS = 2_000;

/** Source: Alertmanager `api/v2/openapi.yaml`, `matcher`. */
export interface SilenceMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: false;
  readonly isEqual: boolean;
}

/** Why a page is not held back. All of them leave the on-call with the page that is due. */
export const NoHoldReason = {
  /** The settings do not ask for it. */
  Off: 'off',
  /** The alert has no name, is one of our own, or has a label that is not stored because it holds a secret. */
  NotIdentifiable: 'not_identifiable',
  /** The configured maximum since the first hold is used up. */
  UsedUp: 'used_up',
  /** The silence was ended before its time: by `letPage`, or by a human who wants the page. */
  EndedEarly: 'ended_early',
} as const;
export type NoHoldReason = (typeof NoHoldReason)[keyof typeof NoHoldReason];

export interface HoldPageRequest {
  readonly remediationId: string;
  /** All labels of the alert, as Alertmanager sent them. */
  readonly labels: Readonly<Record<string, string>>;
  /** How long from now; cut to the configured maximum since the first hold. */
  readonly seconds: number;
}

export type PageHold =
  | {
      readonly held: true;
      readonly silenceId: string;
      /** RFC 3339, by Alertmanager's clock: when the page goes out if nobody does anything. */
      readonly until: string;
    }
  | { readonly held: false; readonly reason: NoHoldReason };

export interface AlertStateRequest {
  /** Of the alert, as Alertmanager sent it: what tells it from all others. */
  readonly fingerprint: string;
  /** Its labels; they only narrow what Alertmanager has to answer. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Whether an alert still fires, by Alertmanager, whether it is silenced or not. */
export type AlertState =
  | {
      readonly state: 'firing';
      /** RFC 3339; later than that of the remediation's alert if it has ended in between and fires anew. */
      readonly startsAt: string;
      readonly silenced: boolean;
    }
  | { readonly state: 'resolved' }
  | { readonly state: 'unknown'; readonly reason: string };

/**
 * Labels by which alerts of Kubernetes tell their objects apart. One that an alert lacks is asked to be missing: else its
 * silence would hold back the page of an alert that comes later and has it.
 */
export const OBJECT_LABELS = [
  'cluster',
  'container',
  'daemonset',
  'deployment',
  'device',
  'horizontalpodautoscaler',
  'instance',
  'job',
  'job_name',
  'namespace',
  'node',
  'persistentvolumeclaim',
  'pod',
  'replicaset',
  'service',
  'statefulset',
] as const;

export interface HoldMatchersRequest {
  readonly remediationId: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Labels that identify the alert, besides `alertname`; absent: all that it has. */
  readonly names?: readonly string[] | undefined;
  /** Labels that other alerts have: what this one lacks of them must be missing. Without meaning where `names` are given. */
  readonly others?: readonly string[];
}

/**
 * Matchers of the silence that holds back exactly this alert: its labels, or those of `names` and `alertname`, each with
 * its exact value, which is empty for a label that it lacks. The last matcher leaves out the alert that this very
 * remediation may raise, which has other names, so that no setting can silence it; it is also what the silence is found
 * by. Undefined if the alert cannot be told from others.
 */
export function holdMatchers({
  remediationId,
  labels,
  names,
  others = [],
}: HoldMatchersRequest): SilenceMatcher[] | undefined {
  const ours = labels['alertname'] === FAILURE_ALERT || Object.hasOwn(labels, REMEDIATION_LABEL);
  if (ours || (labels['alertname'] ?? '') === '') return undefined;
  const wanted = new Set(['alertname', ...(names ?? [...Object.keys(labels), ...others])]);
  wanted.delete(REMEDIATION_LABEL);
  const matchers = [...wanted]
    .toSorted()
    .map((name) => exact(name, Object.hasOwn(labels, name) ? (labels[name] ?? '') : ''));
  if (matchers.some(({ value }) => value.includes(REDACTED))) return undefined;
  return [...matchers, { ...exact(REMEDIATION_LABEL, remediationId), isEqual: false }];
}

function exact(name: string, value: string): SilenceMatcher {
  return { name, value, isRegex: false, isEqual: true };
}

/** A silence of ours, instants in milliseconds by Alertmanager's clock. */
export interface OwnSilence {
  readonly id: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly isExpired: boolean;
  readonly comment: string;
}

export interface HoldRequest {
  /** All silences of the remediation, expired ones too. */
  readonly own: readonly OwnSilence[];
  /** By Alertmanager's clock, in milliseconds. */
  readonly now: number;
  readonly seconds: number;
  /** From the start of the first silence. */
  readonly maxSeconds: number;
}

export type HoldPlan =
  | { readonly do: 'create'; readonly until: number }
  | { readonly do: 'extend'; readonly silence: OwnSilence; readonly until: number }
  | { readonly do: 'keep'; readonly silence: OwnSilence }
  | { readonly do: 'nothing'; readonly reason: NoHoldReason };

/** What to do so that the page is held back for so long from now, but never past the maximum since the first hold. */
export function planHold({ own, now, seconds, maxSeconds }: HoldRequest): HoldPlan {
  const first = Math.min(now, ...own.map(({ startsAt }) => startsAt));
  const until = Math.min(now + seconds * 1000, first + maxSeconds * 1000);
  const [active] = own.filter(({ isExpired }) => !isExpired).toSorted((one, other) => other.endsAt - one.endsAt);
  if (active !== undefined) {
    const isLongEnough = until - active.endsAt < LEAST_MS;
    return isLongEnough ? { do: 'keep', silence: active } : { do: 'extend', silence: active, until };
  }
  const [last] = own.toSorted((one, other) => other.startsAt - one.startsAt);
  if (last !== undefined && endedEarly(last)) return { do: 'nothing', reason: NoHoldReason.EndedEarly };
  return until - now < LEAST_MS ? { do: 'nothing', reason: NoHoldReason.UsedUp } : { do: 'create', until };
}

/** What people read beside the silence; says until when, so that it shows whether a human ended it before. */
export function holdComment(remediationId: string, until: number): string {
  return `Page held back until ${momentText(until)} at the latest, while ${remediationId} is at work`;
}

function endedEarly({ comment, endsAt }: OwnSilence): boolean {
  const announced = /^Page held back until (.+?) at the latest/.exec(comment)?.[1];
  return announced !== undefined && endsAt < Date.parse(announced) - ROUNDING_MS;
}
