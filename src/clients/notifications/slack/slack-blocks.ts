import { digestLine, digestTitle } from '../../../domain/notice/notice-digest.ts';
import { noticeText, type NoticeText, Tone } from '../../../domain/notice/notice-text.ts';
import type { RemediationNotice } from '../../../domain/notice/notification.ts';
import { cut } from '../../../domain/text/plain-text.ts';

/** Limits of Block Kit, in characters of the markup. */
const MAX_HEADER = 150;
const MAX_SECTION = 3000;
const MAX_FIELDS = 10;
const MAX_IMAGE_URL = 3000;
const MAX_ALT = 2000;
/** Not documented: messages of some 13,000 characters were refused (`msg_blocks_too_long`), so parts stay far below. */
const MAX_VALUE = 300;
const MAX_STORY = 2500;
const MAX_COMMAND = 1500;
const MAX_LINKS = 2500;
const MAX_LIST = 2900;

const SIGN = { [Tone.Bad]: '🔴', [Tone.Good]: '🟢', [Tone.Neutral]: '⚪' } as const;

type PlainText = { readonly type: 'plain_text'; readonly text: string; readonly emoji: false };
type Markup = { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true };
type Block =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'section'; readonly text?: Markup; readonly fields?: readonly Markup[] }
  | { readonly type: 'image'; readonly image_url: string; readonly alt_text: string }
  | { readonly type: 'context'; readonly elements: readonly Markup[] };

/** Body of an incoming webhook; `text` is what notifications and screen readers use. Source: Slack's Block Kit. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
}

export function renderSlackMessage(notice: RemediationNotice): SlackMessage {
  const text = noticeText(notice);
  const story = lastThatFit(text.story, MAX_STORY);
  return {
    text: markup(`${text.title}. ${text.summary}`, MAX_SECTION).text,
    blocks: [
      header(`${SIGN[text.tone]} ${text.title}`),
      section(markup(text.summary, MAX_SECTION)),
      ...fields(text),
      ...(text.command === undefined ? [] : [section(command(text.command))]),
      ...picture(text),
      ...(story === '' ? [] : [section(markup(story, MAX_SECTION))]),
      ...links(text),
      { type: 'context', elements: [markup(text.remediationId, MAX_VALUE)] },
    ],
  };
}

export function renderSlackDigest(notices: readonly RemediationNotice[]): SlackMessage {
  const title = digestTitle(notices);
  const lines = notices.map((notice) => `• ${cut(digestLine(notice), MAX_VALUE)}`);
  return {
    text: markup(title, MAX_SECTION).text,
    blocks: [header(title), ...sections(lines).map((text) => section(text))],
  };
}

/** What is text and not markup. Slack asks for these three alone, in text objects of either type. */
function escapeMarkup(text: string): string {
  return text.replace(/[&<>]/g, (character) => (character === '&' ? '&amp;' : character === '<' ? '&lt;' : '&gt;'));
}

/** As much of a text as fits when it is escaped, so that no entity is cut in two. */
function markup(text: string, max: number): Markup {
  let kept = cut(text, max);
  while (escapeMarkup(kept).length > max)
    kept = cut(kept, kept.length - Math.ceil((escapeMarkup(kept).length - max) / 5));
  return { type: 'mrkdwn', text: escapeMarkup(kept), verbatim: true };
}

function header(text: string): Block {
  return { type: 'header', text: { type: 'plain_text', text: markup(text, MAX_HEADER).text, emoji: false } };
}

function section(text: Markup): Block {
  return { type: 'section', text };
}

function fields({ facts }: NoticeText): Block[] {
  const list = facts.slice(0, MAX_FIELDS).map(({ name, value }): Markup => {
    const text = `*${markup(name, MAX_VALUE).text}*\n${markup(value, MAX_VALUE).text}`;
    return { type: 'mrkdwn', text, verbatim: true };
  });
  return list.length === 0 ? [] : [{ type: 'section', fields: list }];
}

/** As code, to be copied; three backticks of its own would end it. */
function command(text: string): Markup {
  const code = markup(text.replaceAll('```', "'''"), MAX_COMMAND).text;
  return { type: 'mrkdwn', text: `*Undo by hand*\n\`\`\`${code}\`\`\``, verbatim: true };
}

function picture({ pictureUrl, title }: NoticeText): Block[] {
  if (pictureUrl === undefined || pictureUrl.length > MAX_IMAGE_URL) return [];
  return [{ type: 'image', image_url: pictureUrl, alt_text: cut(title, MAX_ALT) }];
}

function links({ links }: NoticeText): Block[] {
  const rendered: string[] = [];
  let length = 0;
  for (const { text, url } of links) {
    // Inside a link, `|` and `>` would end the URL.
    const target = escapeMarkup(new URL(url).href.replaceAll('|', '%7C').replaceAll('>', '%3E'));
    const link = `<${target}|${markup(text.replaceAll('|', '/'), MAX_VALUE).text}>`;
    length += link.length + 3;
    if (length <= MAX_LINKS) rendered.push(link);
  }
  if (rendered.length === 0) return [];
  return [section({ type: 'mrkdwn', text: rendered.join(' · '), verbatim: true })];
}

/** The end of a story: how it came to this. */
function lastThatFit(lines: readonly string[], max: number): string {
  let kept: string[] = [];
  let length = 0;
  for (const line of lines.toReversed()) {
    const shown = `• ${cut(line, MAX_VALUE)}`;
    length += escapeMarkup(shown).length + 1;
    if (length > max) break;
    kept = [shown, ...kept];
  }
  return kept.join('\n');
}

/** Lines in as many sections as the message's length allows; how many were left out, in the last. */
function sections(lines: readonly string[]): Markup[] {
  const texts: string[] = [''];
  let shown = 0;
  for (const line of lines) {
    const last = texts.at(-1) ?? '';
    const longer = last === '' ? line : `${last}\n${line}`;
    if (escapeMarkup(longer).length <= MAX_LIST) texts[texts.length - 1] = longer;
    else if (texts.length === 3) break;
    else texts.push(line);
    shown += 1;
  }
  if (shown < lines.length) texts.push(`and ${lines.length - shown} more`);
  return texts.map((text) => markup(text, MAX_SECTION));
}
