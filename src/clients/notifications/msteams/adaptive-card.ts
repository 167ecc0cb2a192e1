import { digestLine, digestTitle } from '../../../domain/notice/notice-digest.ts';
import { noticeText, type NoticeText, Tone } from '../../../domain/notice/notice-text.ts';
import type { NoticeLink, RemediationNotice } from '../../../domain/notice/notification.ts';
import { cut } from '../../../domain/text/plain-text.ts';

/**
 * Bytes of a whole message. Teams documents 28 KB, counted after its own rendering; messages from 21 KB on were seen to be
 * refused (413).
 */
const MAX_MESSAGE = 20_000;
const MAX_TITLE = 200;
const MAX_VALUE = 300;
/** Buttons that Teams shows without a menu. */
const MAX_ACTIONS = 6;

const COLOR = { [Tone.Bad]: 'Attention', [Tone.Good]: 'Good', [Tone.Neutral]: 'Default' } as const;

/** The one element whose text is never taken for Markdown. */
interface TextRun {
  readonly type: 'TextRun';
  readonly text: string;
  readonly weight?: 'Bolder';
  readonly size?: 'Large';
  readonly color?: (typeof COLOR)[Tone];
  readonly fontType?: 'Monospace';
  readonly isSubtle?: true;
}
type Element =
  | { readonly type: 'RichTextBlock'; readonly inlines: readonly TextRun[]; readonly spacing?: 'Small' }
  | { readonly type: 'Image'; readonly url: string; readonly altText: string; readonly size: 'Stretch' };

/** Source: Microsoft's documentation of Teams webhooks, and the Adaptive Cards schema 1.4. */
export interface TeamsMessage {
  readonly type: 'message';
  readonly attachments: readonly [
    {
      readonly contentType: 'application/vnd.microsoft.card.adaptive';
      readonly contentUrl: null;
      readonly content: {
        readonly $schema: 'http://adaptivecards.io/schemas/adaptive-card.json';
        readonly type: 'AdaptiveCard';
        readonly version: '1.4';
        readonly fallbackText: string;
        readonly msteams: { readonly width: 'Full' };
        readonly body: readonly Element[];
        readonly actions: readonly { readonly type: 'Action.OpenUrl'; readonly title: string; readonly url: string }[];
      };
    },
  ];
}

export function renderTeamsMessage(notice: RemediationNotice): TeamsMessage {
  const text = noticeText(notice);
  const head: Element[] = [
    title(text.title, text.tone),
    line({ text: text.summary }),
    ...text.facts.map(({ name, value }) =>
      line({ text: `${cut(name, MAX_VALUE)}: `, weight: 'Bolder' }, { text: cut(value, MAX_VALUE) }),
    ),
    ...(text.command === undefined
      ? []
      : [line({ text: 'Undo by hand:', weight: 'Bolder' }), line({ text: text.command, fontType: 'Monospace' })]),
    ...picture(text),
  ];
  // Where not all fits, the oldest of the story goes first, then the last links.
  const story = text.story.map((entry) => line({ text: cut(entry, MAX_VALUE), isSubtle: true }));
  const links = text.links.slice(0, MAX_ACTIONS);
  for (;;) {
    const whole = message({ text: text.title, body: [...head, ...story], links });
    if (bytesOf(whole) <= MAX_MESSAGE || (story.shift() ?? links.pop()) === undefined) return whole;
  }
}

export function renderTeamsDigest(notices: readonly RemediationNotice[]): TeamsMessage {
  const heading = digestTitle(notices);
  const lines = notices.map((notice) => line({ text: `• ${cut(digestLine(notice), MAX_VALUE)}` }));
  for (let count = lines.length; ; count -= 1) {
    const rest = count < lines.length ? [line({ text: `and ${lines.length - count} more`, isSubtle: true })] : [];
    const body = [title(heading, Tone.Neutral), ...lines.slice(0, count), ...rest];
    const whole = message({ text: heading, body, links: [] });
    if (bytesOf(whole) <= MAX_MESSAGE || count === 0) return whole;
  }
}

interface Card {
  readonly text: string;
  readonly body: readonly Element[];
  readonly links: readonly NoticeLink[];
}

function message({ text, body, links }: Card): TeamsMessage {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          fallbackText: cut(text, MAX_TITLE),
          msteams: { width: 'Full' },
          body,
          actions: links.map(({ text: label, url }) => ({ type: 'Action.OpenUrl', title: label, url })),
        },
      },
    ],
  };
}

function title(text: string, tone: Tone): Element {
  return line({ text: cut(text, MAX_TITLE), weight: 'Bolder', size: 'Large', color: COLOR[tone] });
}

function line(...runs: readonly Omit<TextRun, 'type'>[]): Element {
  return { type: 'RichTextBlock', inlines: runs.map((run) => ({ type: 'TextRun', ...run })), spacing: 'Small' };
}

/** Teams fetches pictures by https only. */
function picture({ pictureUrl, title: altText }: NoticeText): Element[] {
  if (pictureUrl?.startsWith('https:') !== true) return [];
  return [{ type: 'Image', url: pictureUrl, altText: cut(altText, MAX_TITLE), size: 'Stretch' }];
}

function bytesOf(content: TeamsMessage): number {
  return Buffer.byteLength(JSON.stringify(content));
}
