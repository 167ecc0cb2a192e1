import type { Movement } from '../actions/readings.ts';
import type { Alert } from '../alert/alert.ts';
import type { LinkApprover } from '../approval/approval-link.ts';
import { Outcome } from '../remediation/outcome.ts';

/** Name of the alert that Mendloop raises when a human has to take over. */
export const FAILURE_ALERT = 'RemediationFailed';

/** A human is asked to say yes or no; the details say to what. */
export const APPROVAL_REQUESTED = 'approval_requested';

/** A vote or an order came past the API: its sender reaches Temporal, and may not. */
export const ORDER_FORGED = 'order_forged';

/** What a notice is about: an end, a question, or an attack. */
export type NoticeKind = Outcome | typeof APPROVAL_REQUESTED | typeof ORDER_FORGED;

/** A place to look at. */
export interface NoticeLink {
  readonly text: string;
  /** http or https. */
  readonly url: string;
}

/** What people are told about a remediation, whatever the channel. Optional fields are left out where unknown. */
export interface RemediationNotice {
  readonly kind: NoticeKind;
  readonly remediationId: string;
  /**
   * What a page is about, where that is more than this remediation: all notices of one subject are one page. Absent: the
   * remediation.
   */
  readonly subject?: string;
  readonly alert: Pick<Alert, 'labels' | 'annotations' | 'startsAt'>;
  /** One sentence. */
  readonly summary: string;
  /** What happened, one line each, oldest first. */
  readonly details: readonly string[];
  /** The alert has resolved since an earlier notice of the same kind: whatever that one raised is over. */
  readonly resolved?: boolean;
  /** Name of the plan's action. */
  readonly action?: string;
  /** `cluster/namespace/Kind/name`. */
  readonly target?: string;
  /** What was done, in the past tense: `Evicted 12 Pods`; absent where nothing was. */
  readonly effect?: string;
  /** The number that it moved, where it moved one; after an exact undo it is back at `before`. */
  readonly moved?: Movement;
  /** What the undo found and did; absent where there was none. */
  readonly undo?: string;
  /** The signal that verification judged, in its unit; null where it was not known. */
  readonly signal?: {
    readonly name: string;
    readonly unit: string;
    readonly before: number | null;
    readonly after: number | null;
  };
  /** Of the plan; without it, the alert's annotation `runbook_url` is told. A link only where the alert may bring it. */
  readonly runbookUrl?: string;
  /** What is asked of people, where `kind` is a question: until when, and of whom. */
  readonly approval?: {
    /** Which request it is, by its `requestedAt`. */
    readonly round: string;
    /** RFC 3339. */
    readonly deadlineAt: string;
    readonly approvers: readonly LinkApprover[];
    /** How many different people must say yes; 1 if absent. */
    readonly quorum?: number;
  };
  /** What a human types to undo what the machine could not. */
  readonly manualCommand?: string;
  /** The remediation in Temporal's Web UI. */
  readonly webUiUrl?: string;
  /** Hosts that links of the alert's own may lead to. */
  readonly linkHosts?: readonly string[];
  /** More places to look at: the trace, the console, the report. */
  readonly links?: readonly NoticeLink[];
  /** The signal as a picture, at an http or https URL that the servers of the chat can reach; PNG for most of them. */
  readonly pictureUrl?: string;
  /** The same picture as an SVG document, for receivers that take it in the message. */
  readonly pictureSvg?: string;
  /** The post-mortem as a Markdown document with its pictures inside, for receivers that take it in the message. */
  readonly reportMarkdown?: string;
}

/** Whether an outcome leaves something for a human to take over. */
export function isFailure({ kind }: Pick<RemediationNotice, 'kind'>): boolean {
  switch (kind) {
    case Outcome.RolledBack:
    case Outcome.Escalated:
    case Outcome.Denied:
    case Outcome.Expired:
    case ORDER_FORGED:
      return true;
    case Outcome.Remediated:
    case Outcome.Observed:
    case Outcome.Suppressed:
    case Outcome.Joined:
    case Outcome.AlreadyHealthy:
    case Outcome.Cancelled:
    case Outcome.Rejected:
    case APPROVAL_REQUESTED:
      return false;
  }
}

/**
 * As what people are told of an outcome. What a guard holds back for longer than the plan waits is for a human to know, who
 * may not have been told of the alert otherwise.
 */
export function toldAs(outcome: Outcome): Outcome {
  return outcome === Outcome.Suppressed ? Outcome.Escalated : outcome;
}

/** What a notice asks of people: to take over, to answer, to know, or nothing at all. */
export type Urgency = 'failure' | 'question' | 'event' | 'none';

/**
 * What a notice asks of people. A `rejected` alert is nobody's business: no rule knows it, and whoever it concerns has
 * been told by Alertmanager.
 */
export function urgencyOf({ kind, resolved }: Pick<RemediationNotice, 'kind' | 'resolved'>): Urgency {
  if (kind === Outcome.Rejected) return 'none';
  if (resolved === true) return 'event';
  if (kind === APPROVAL_REQUESTED) return 'question';
  return isFailure({ kind }) ? 'failure' : 'event';
}

/** What a page is about, as a text that is the same for all of its notices. */
export function pageKey({ remediationId, subject }: Pick<RemediationNotice, 'remediationId' | 'subject'>): string {
  return subject ?? remediationId;
}

/** Whether the incident is over, so that a page which an earlier notice of this remediation raised can be closed. */
export function isOver({ kind, resolved }: Pick<RemediationNotice, 'kind' | 'resolved'>): boolean {
  return resolved === true || kind === Outcome.Remediated || kind === Outcome.AlreadyHealthy;
}
