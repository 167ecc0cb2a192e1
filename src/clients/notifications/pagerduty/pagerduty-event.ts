import { createHash } from 'node:crypto';
import { noticeText } from '../../../domain/notice/notice-text.ts';
import { isOver, pageKey, type RemediationNotice } from '../../../domain/notice/notification.ts';
import { cut, plainLine } from '../../../domain/text/plain-text.ts';
import { severityOf } from '../severity.ts';

/** Limits of the Events API v2, in characters. */
const MAX_SUMMARY = 1024;
const MAX_DEDUP_KEY = 255;
/** Bytes of the whole event: half of what is taken over there, and more than anybody reads. */
const MAX_EVENT = 256_000;
/** Without a limit over there; this keeps lists readable. */
const MAX_FIELD = 255;

/** Source: PagerDuty's documentation, "Events API v2", "Send an Alert Event". */
export type PagerDutyEvent =
  | { readonly routing_key: string; readonly event_action: 'resolve'; readonly dedup_key: string }
  | {
      readonly routing_key: string;
      readonly event_action: 'trigger';
      readonly dedup_key: string;
      readonly client: 'Mendloop';
      readonly client_url?: string;
      readonly payload: {
        readonly summary: string;
        readonly source: string;
        readonly severity: 'critical' | 'error' | 'warning' | 'info';
        readonly timestamp: string;
        readonly component?: string;
        readonly group?: string;
        readonly class: string;
        readonly custom_details: Readonly<Record<string, unknown>>;
      };
      readonly links: readonly { readonly href: string; readonly text: string }[];
      readonly images: readonly { readonly src: string; readonly alt: string }[];
    };

export interface PagerDutyContext {
  readonly routingKey: string;
  /** When the notice was first to be sent, in milliseconds since the epoch. */
  readonly since: number;
}

/**
 * A notice as an event. The incident's key is the remediation: a repetition adds to the open incident, and what says that
 * it is over resolves it. An event that resolves what was never raised is dropped over there.
 */
export function renderPagerDutyEvent(
  notice: RemediationNotice,
  { routingKey, since }: PagerDutyContext,
): PagerDutyEvent {
  const head = { routing_key: routingKey, dedup_key: dedupKey(pageKey(notice)) } as const;
  if (isOver(notice)) return { ...head, event_action: 'resolve' };

  const text = noticeText(notice);
  const { labels, annotations, target, webUiUrl } = text;
  const label = (name: string) => cut(labels[name] ?? '', MAX_FIELD);
  const component = label('service') || cut(target.split('/').at(-1) ?? '', MAX_FIELD);
  const group = label('namespace');
  const event = (details: Readonly<Record<string, unknown>>): PagerDutyEvent => ({
    ...head,
    event_action: 'trigger',
    client: 'Mendloop',
    ...(webUiUrl === undefined ? {} : { client_url: webUiUrl }),
    payload: {
      summary: cut(`${text.title}. ${text.summary}`, MAX_SUMMARY),
      source: cut(target, MAX_FIELD) || label('instance') || 'mendloop',
      severity: severityOf(notice),
      timestamp: new Date(since).toISOString(),
      ...(component === '' ? {} : { component }),
      ...(group === '' ? {} : { group }),
      class: label('alertname') || 'unnamed',
      custom_details: details,
    },
    links: text.links.map((link) => ({ href: link.url, text: link.text })),
    // Its servers fetch pictures by https only.
    images: text.pictureUrl?.startsWith('https:') === true ? [{ src: text.pictureUrl, alt: text.title }] : [],
  });

  const facts = {
    ...Object.fromEntries(text.facts.map(({ name, value }) => [name.toLowerCase().replaceAll(' ', '_'), value])),
    outcome: notice.kind,
    remediation: text.remediationId,
    ...(text.command === undefined ? {} : { undo_by_hand: text.command }),
  };
  const whole = event({ ...facts, story: text.story, labels, annotations });
  return Buffer.byteLength(JSON.stringify(whole)) <= MAX_EVENT ? whole : event({ ...facts, story: text.story });
}

/** The ID itself where it is short enough, so that people can look for it. */
function dedupKey(page: string): string {
  if (plainLine(page).length <= MAX_DEDUP_KEY) return plainLine(page);
  return createHash('sha256').update(page).digest('hex');
}
