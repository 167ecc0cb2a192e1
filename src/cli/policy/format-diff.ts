import type { Answer, ChangedDecision, PolicyDiff } from '../../clients/policy/diff/diff-policies.ts';
import { CONSEQUENCES } from '../../domain/decision/consequence.ts';
import type { Difference } from '../../domain/decision/differences.ts';
import { nameTarget } from '../../domain/target/name-target.ts';

/** Places that are told of one alert: more is for the JSON. */
const PLACES_TOLD = 8;
/** GitHub refuses a comment of more than 65,536 characters. */
const ALERTS_TOLD = 100;

/** For the comment on a pull request: what would be decided otherwise, the furthest-reaching first. */
export function formatDiff({ tried, changed }: PolicyDiff): string {
  if (changed.length === 0) return `### Policy\n\nNothing is decided otherwise: ${tried} alerts were tried.\n`;
  const sorted = changed.toSorted((a, b) => reach(b) - reach(a));
  const told = sorted.slice(0, ALERTS_TOLD);
  return [
    '### Policy',
    '',
    `Of ${tried} alerts that were tried, **${changed.length} would be decided otherwise**${more(changed)}.`,
    '',
    '| alert | before | after | what differs |',
    '| --- | --- | --- | --- |',
    ...told.map(rowOf),
    ...(sorted.length > told.length ? ['', `And ${sorted.length - told.length} more: \`--json\` has all.`] : []),
    '',
    '<sub>healed: done at once; asked: done when a human says yes; watched: only recorded; told: a human is told; ' +
      'counted: nobody is told; invalid: the answer cannot be used, and a human is told.</sub>',
    '',
  ].join('\n');
}

/** How many alerts would be acted on now that were not. */
function more(changed: readonly ChangedDecision[]): string {
  const acts = ({ consequence }: Answer) => consequence === 'healed' || consequence === 'asked';
  const begun = changed.filter(({ before, after }) => !acts(before) && acts(after)).length;
  const ended = changed.filter(({ before, after }) => acts(before) && !acts(after)).length;
  const words = [
    ...(begun > 0 ? [`${begun} would be acted on that are not now`] : []),
    ...(ended > 0 ? [`${ended} would no longer be acted on`] : []),
  ];
  return words.length === 0 ? '' : `: ${words.join(', ')}`;
}

/** What cannot be used comes first, then what is done more of; the rest as it was. */
function reach({ before, after }: ChangedDecision): number {
  if (after.consequence === 'invalid') return CONSEQUENCES.length + 1;
  const rank = ({ consequence }: Answer) =>
    consequence === 'invalid' ? 0 : CONSEQUENCES.length - CONSEQUENCES.indexOf(consequence);
  return rank(after) > rank(before) ? rank(after) : 0;
}

function rowOf({ labels, before, after, differences }: ChangedDecision): string {
  const { alertname = '', ...others } = labels;
  const rest = Object.entries(others).map(([name, value]) => `${name}=${value}`);
  const alert = [code(alertname), ...(rest.length === 0 ? [] : [`<sub>${escape(rest.join(', '))}</sub>`])].join('<br>');
  const places = differences.slice(0, PLACES_TOLD).map(placeOf);
  const left = differences.length - places.length;
  return `| ${[alert, cellOf(before), cellOf(after), [...places, ...(left > 0 ? [`${left} more`] : [])].join('<br>')].join(' | ')} |`;
}

function cellOf(answer: Answer): string {
  if (!('decision' in answer)) return `**invalid**: ${escape(answer.why)}`;
  const { decision, consequence } = answer;
  const what = 'plan' in decision ? `: ${decision.plan.action} ${nameTarget(decision.plan.target)}` : '';
  const rule = decision.rule === '' ? '' : `<br><sub>${escape(decision.rule)}</sub>`;
  return `**${consequence}**${escape(what)}${rule}`;
}

function placeOf({ path, before, after }: Difference): string {
  return `${code(path)} ${value(before)} → ${value(after)}`;
}

const value = (one: unknown): string =>
  one === undefined ? '–' : code(typeof one === 'string' ? one : JSON.stringify(one));

/** Longer texts are cut: their beginning says which it is. */
const LONGEST = 120;

function code(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return `<code>${escape(short)}</code>`;
}

/** Nothing of a label or a reason is Markdown, HTML, the end of a cell, or calls for a person. */
function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[|\\`*_[\]@#~]/g, (one) => `&#${one.charCodeAt(0)};`)
    .replaceAll(/\s+/g, ' ');
}
