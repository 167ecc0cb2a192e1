import type { Movement } from '../actions/readings.ts';
import { defined } from '../defined.ts';
import { type NoticeLink, type RemediationNotice, urgencyOf } from './notification.ts';
import { safeNotice } from './safe-notice.ts';

/** Changes when a receiver written for the old body would misread the new one; new fields alone do not change it. */
export const NOTICE_API_VERSION = 'mendloop.dev/v1';

/**
 * Body of the webhook channel, version `mendloop.dev/v1`. Fields that are not known are absent. New fields and new
 * outcomes may come: receivers let pass what they do not know. Secrets are redacted, all texts are bounded.
 */
export interface NoticeBody {
  readonly apiVersion: typeof NOTICE_API_VERSION;
  readonly kind: 'RemediationNotice';
  /** How the remediation ended: a value of `Outcome`; or `approval_requested`, while it waits for a human's yes. */
  readonly outcome: RemediationNotice['kind'];
  /** Whether a human has to take over. */
  readonly failure: boolean;
  /** The same for every notice of one remediation; also the ID of its workflow. */
  readonly remediationId: string;
  /** One sentence. */
  readonly summary: string;
  /** What happened, one line each, oldest first. */
  readonly details: readonly string[];
  /** True: the alert has resolved since; a failure that an earlier notice of this outcome told of is over. */
  readonly resolved?: boolean;
  readonly alert: {
    readonly name: string;
    /** Of the alert's label; absent if it has none. */
    readonly severity?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    /** RFC 3339. */
    readonly startsAt: string;
  };
  /** Name of the plan's action. */
  readonly action?: string;
  /** `cluster/namespace/Kind/name`. */
  readonly target?: string;
  /** What was done to the target, for people; absent where nothing was. */
  readonly effect?: string;
  /** The number that it moved, where it moved one, in `unit` or else a plain count; after an exact undo it is back. */
  readonly moved?: Movement;
  /** What the undo found and did, for people; absent where there was none. */
  readonly undo?: string;
  /** What verification judged, in `unit`; null where it was not known. */
  readonly signal?: Required<RemediationNotice>['signal'];
  readonly runbookUrl?: string;
  /** What a human types to undo what the machine could not. */
  readonly manualCommand?: string;
  /** The remediation in Temporal's Web UI. */
  readonly webUiUrl?: string;
  /** More places to look at. */
  readonly links?: readonly NoticeLink[];
  /** The signal as a picture. */
  readonly pictureUrl?: string;
  /** The same as an SVG document of at most 100,000 characters. */
  readonly pictureSvg?: string;
  /** The post-mortem as a Markdown document of at most 200,000 characters, with its pictures inside. */
  readonly reportMarkdown?: string;
}

/** A notice as the webhook channel sends it. */
export function renderNoticeBody(notice: RemediationNotice): NoticeBody {
  const { kind, alert, ...rest } = safeNotice(notice);
  return {
    apiVersion: NOTICE_API_VERSION,
    kind: 'RemediationNotice',
    outcome: kind,
    failure: urgencyOf(notice) === 'failure',
    ...rest,
    alert: {
      name: alert.labels['alertname'] ?? 'unnamed',
      ...defined({ severity: alert.labels['severity'] }),
      ...alert,
    },
  };
}
