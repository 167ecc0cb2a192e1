import { parseRemediationId } from '../../domain/alert/parse-remediation-id.ts';
import { cut, plainText } from '../../domain/text/plain-text.ts';
import { remediationHref } from '../route.ts';
import { fullTime, relative } from '../words/time.ts';
import { h, type VNode } from '../element.ts';

/** A value of a label may have 256 kB. */
export const MAX_SHOWN = 300;
const MAX_OPENED = 20_000;

/**
 * Text from outside as people may see it: what hides or turns text is spelled out, and its direction is its own. Long
 * text is cut.
 */
export function data(text: string, max = MAX_SHOWN): VNode {
  return h('bdi', { class: 'data' }, cut(plainText(cut(text, max)), max));
}

/** The same, in which the rest of a long text can be opened. */
export function longData(text: string): VNode {
  if (text.length <= MAX_SHOWN) return data(text);
  return h(
    'details',
    { class: 'long' },
    h('summary', {}, data(text), ' ', h('span', { class: 'muted' }, `(${text.length} characters)`)),
    h('pre', { tabindex: 0 }, data(text, MAX_OPENED)),
  );
}

/** A name of one word: where it is too long for its line, it breaks between its parts. */
export function name(text: string, max = 200): VNode {
  const parts = cut(plainText(cut(text, max)), max).split(/(?<=[/_.])|(?<=[a-z0-9])(?=[A-Z])/);
  return h(
    'bdi',
    { class: 'data' },
    parts.map((part, index) => [index > 0 && h('wbr'), part]),
  );
}

/** The name of a target or an ID. */
export function path(text: string, max = 200): VNode {
  return h('span', { class: 'target' }, name(text, max));
}

/** A link to another remediation, by the name of its alert; the ID is behind it. */
export function remediationLink(id: string): VNode {
  const { alertName, n } = parseRemediationId(id) ?? {};
  const href = remediationHref(id);
  if (alertName === undefined) return h('a', { href }, name(id, 120));
  return h('a', { href, title: plainText(id) }, name(alertName, 120), h('span', { class: 'muted' }, ` #${n ?? ''}`));
}

/** Code or queries, as they are. */
export function code(text: string, max = 4000): VNode {
  return h('pre', { class: 'code', tabindex: 0 }, h('code', {}, data(text, max)));
}

/** A moment in words, with the exact time behind it. */
export function moment(at: number | string, now: number): VNode {
  const ms = typeof at === 'string' ? Date.parse(at) : at;
  if (!Number.isFinite(ms)) return h('span', {}, 'unknown');
  return h('time', { datetime: new Date(ms).toISOString(), title: fullTime(ms) }, relative(ms, now));
}
