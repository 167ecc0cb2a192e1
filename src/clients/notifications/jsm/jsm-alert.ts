import { createHash } from 'node:crypto';
import type { SettingsOf } from '../../../config/channels.ts';
import { noticeText } from '../../../domain/notice/notice-text.ts';
import { pageKey, type RemediationNotice } from '../../../domain/notice/notification.ts';
import { cut } from '../../../domain/text/plain-text.ts';
import { severityOf } from '../severity.ts';

/** Limits of the Alert API, in characters. */
const MAX_MESSAGE = 130;
const MAX_DESCRIPTION = 15_000;
const MAX_ENTITY = 512;
const MAX_TAGS = 20;
const MAX_TAG = 50;
/** Of all names and values together. */
const MAX_DETAILS = 8_000;

const PRIORITY = { critical: 'P1', error: 'P2', warning: 'P3', info: 'P4' } as const;

/** Labels that people look for. */
const TAGGED = ['severity', 'team', 'namespace', 'service', 'cluster'];

/** Source: "Jira Service Management ops", "Integration Events API", "Create alert"; the limits are those of Opsgenie, whose API it was. */
export interface JsmAlert {
  readonly message: string;
  readonly alias: string;
  readonly description: string;
  readonly responders?: SettingsOf<'jsm'>['responders'];
  readonly tags: readonly string[];
  readonly details: Readonly<Record<string, string>>;
  readonly entity?: string;
  readonly source: 'Mendloop';
  readonly priority: (typeof PRIORITY)[keyof typeof PRIORITY];
}

/** What a later notice of the same remediation is recognised by; in the alphabet of a URL's path. */
export function jsmAlias(notice: Parameters<typeof pageKey>[0]): string {
  return `mendloop-${createHash('sha256').update(pageKey(notice)).digest('hex')}`;
}

export function renderJsmAlert(notice: RemediationNotice, responders: SettingsOf<'jsm'>['responders']): JsmAlert {
  const text = noticeText(notice);
  const { labels, target } = text;
  const description = [
    text.summary,
    text.command && `Undo by hand: ${text.command}`,
    ...text.facts.map(({ name, value }) => `${name}: ${value}`),
    ...text.links.map((link) => `${link.text}: ${link.url}`),
    text.pictureUrl && `Picture: ${text.pictureUrl}`,
    '',
    ...text.story,
  ];
  const tags = TAGGED.flatMap((name) => {
    const value = labels[name] ?? '';
    return value === '' ? [] : [cut(`${name}:${value}`, MAX_TAG)];
  });
  return {
    message: cut(`${text.title}. ${text.summary}`, MAX_MESSAGE),
    alias: jsmAlias(notice),
    description: cut(description.filter((line) => line !== undefined).join('\n'), MAX_DESCRIPTION),
    ...(responders.length === 0 ? {} : { responders }),
    tags: ['mendloop', ...tags].slice(0, MAX_TAGS),
    details: fitting({ ...labels, remediation: text.remediationId, outcome: notice.kind }),
    ...(target === '' ? {} : { entity: cut(target, MAX_ENTITY) }),
    source: 'Mendloop',
    priority: PRIORITY[severityOf(notice)],
  };
}

/** As many as fit, from the last on: our own are the last. */
function fitting(values: Readonly<Record<string, string>>): Record<string, string> {
  let left = MAX_DETAILS;
  return Object.fromEntries(
    Object.entries(values)
      .toReversed()
      .filter(([name, value]) => {
        const length = name.length + value.length;
        if (length > left) return false;
        left -= length;
        return true;
      }),
  );
}
