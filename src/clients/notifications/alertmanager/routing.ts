import { RE2JS } from 're2js';
import type { Inhibition, LoadedConfig, Route } from './loaded-config.ts';

type Labels = Readonly<Record<string, string>>;
type Matcher = (labels: Labels) => boolean;
type Texts = Readonly<Record<string, string>> | null | undefined;

/** Names of the receivers that an alert with these labels goes to. Source: Alertmanager `dispatch.Route.Match`. */
export function receiversOf({ route }: LoadedConfig, labels: Labels): string[] {
  return [...new Set(walk(route, labels, ''))];
}

function walk(route: Route, labels: Labels, inherited: string): string[] {
  if (!matchersOf(route.matchers, route.match, route.match_re).every((matches) => matches(labels))) return [];
  const receiver = route.receiver ?? inherited;
  const found: string[] = [];
  for (const child of route.routes ?? []) {
    const below = walk(child, labels, receiver);
    found.push(...below);
    if (below.length > 0 && child.continue !== true) break;
  }
  return found.length > 0 ? found : [receiver];
}

/**
 * The inhibitions that mute an alert with these labels while another alert fires. Those that only let a graver alert of
 * the same name through are left out: that one arrives.
 */
export function inhibitionsOf({ inhibit_rules }: LoadedConfig, labels: Labels): Inhibition[] {
  return (inhibit_rules ?? []).filter((rule) => {
    if (rule.equal?.includes('alertname') === true) return false;
    const targets = matchersOf(rule.target_matchers, rule.target_match, rule.target_match_re);
    return targets.every((matches) => matches(labels));
  });
}

/** What has to fire for an inhibition to hold, for people: `alertname="InfoInhibitor" with the same namespace`. */
export function describeSource({ source_matchers, source_match, source_match_re, equal }: Inhibition): string {
  const plain = Object.entries(source_match ?? {}).map(([name, value]) => `${name}="${value}"`);
  const patterns = Object.entries(source_match_re ?? {}).map(([name, value]) => `${name}=~"${value}"`);
  const same = (equal ?? []).length === 0 ? '' : ` with the same ${(equal ?? []).join(', ')}`;
  return `${[...(source_matchers ?? []), ...plain, ...patterns].join(', ')}${same}`;
}

function matchersOf(texts: readonly string[] | null | undefined, match: Texts, matchRe: Texts): Matcher[] {
  return [
    ...(texts ?? []).flatMap(parseMatchers),
    ...Object.entries(match ?? {}).map(
      ([name, value]): Matcher =>
        (labels) =>
          (labels[name] ?? '') === value,
    ),
    ...Object.entries(matchRe ?? {}).map(([name, value]) => pattern(name, value, true)),
  ];
}

const MATCHER =
  /\s*(?:"((?:[^"\\]|\\.)*)"|([^\s{}!=~,"'`\\]+))\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,}"][^,}]*|))\s*(?:,|$)/y;

/** One text may hold several: `{a="b", c=~"d"}`. Source: Alertmanager `matcher/parse`, and the classic form before it. */
export function parseMatchers(text: string): Matcher[] {
  const inner = text.trim().replace(/^\{/, '').replace(/\}$/, '');
  const found: Matcher[] = [];
  MATCHER.lastIndex = 0;
  while (MATCHER.lastIndex < inner.length) {
    const parts = MATCHER.exec(inner);
    if (parts === null) throw new Error(`matcher ${text} cannot be read`);
    const [, quotedName, plainName, operator, quoted, plain] = parts;
    const name = quotedName === undefined ? (plainName ?? '') : unescape(quotedName);
    const value = quoted === undefined ? (plain ?? '').trim() : unescape(quoted);
    found.push(matcher(name, operator ?? '=', value));
  }
  return found;
}

function matcher(name: string, operator: string, value: string): Matcher {
  switch (operator) {
    case '=~':
      return pattern(name, value, true);
    case '!~':
      return pattern(name, value, false);
    case '!=':
      return (labels) => (labels[name] ?? '') !== value;
    default:
      return (labels) => (labels[name] ?? '') === value;
  }
}

function pattern(name: string, expression: string, wanted: boolean): Matcher {
  const compiled = RE2JS.compile(`^(?:${expression})$`);
  return (labels) => compiled.matcher(labels[name] ?? '').matches() === wanted;
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
