import { MendloopError } from '../failures.ts';
import type { Query } from '../plan/query.ts';
import { escapeRegex, quote } from './promql-literal.ts';

/** String literals and comments, in which a `$` means nothing to us; or a variable. LogQL has no single quotes. */
const TOKENS = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|#[^\n]*|\$(\w*)/gs;

/** Operators after which a string is compared as it is, and as a regular expression. */
const LITERAL = /(?<![=!<>~|])(?:=|!=|\|=)$/;
const REGEX = /(?:=~|!~|\|~)$/;

/** Stages of a pipeline whose strings are paths, templates or patterns: a value in there would be code. */
const CODE_STAGE = /^\s*(?:json|logfmt|regexp|pattern|line_format|label_format|unpack|decolorize|unwrap)\b/;

/**
 * A LogQL query with its variables filled in: each as a quoted and escaped literal. A plain value means itself, also
 * after `=~`, `!~` and `|~`, where it is escaped; a prefix matches what begins with it.
 *
 * There is no parser of LogQL here, so that a variable is allowed only where its meaning is certain: directly after the
 * operator of a label matcher, a label filter or a line filter.
 *
 * @throws MendloopError `QueryInvalid` naming a variable that is unknown, not used, or in another place.
 */
export function renderLogQuery({ expr, vars }: Query): string {
  const used = new Set<string>();
  const blank = withoutStrings(expr);
  const rendered = expr.replace(TOKENS, (token, name: string | undefined, offset: number) => {
    if (name === undefined) return token;
    const value = Object.hasOwn(vars, name) ? vars[name] : undefined;
    if (value === undefined) throw invalid(`variable $${name} is unknown`);
    used.add(name);
    const before = blank.slice(0, offset).trimEnd();
    const stage =
      before
        .replace(/\|[=~]$/, '')
        .split('|')
        .at(-1) ?? '';
    if (CODE_STAGE.test(stage) && before.includes('|')) throw invalid(`variable $${name} would be code, not a value`);
    if (REGEX.test(before)) return quote(toRegex(value));
    if (!LITERAL.test(before)) throw invalid(`variable $${name} must follow =, !=, =~, !~, |= or |~`);
    if (typeof value !== 'string') throw invalid(`variable $${name} is a prefix: it belongs after =~, !~ or |~`);
    return quote(value);
  });
  const unused = Object.keys(vars).find((name) => !used.has(name));
  if (unused !== undefined) throw invalid(`variable $${unused} is not used`);
  return rendered;
}

/** Anchored in front, because a line filter is not anchored by itself; a label matcher does not mind. */
function toRegex(value: string | { prefix: string }): string {
  return typeof value === 'string' ? escapeRegex(value) : `^${escapeRegex(value.prefix)}(?s:.*)`;
}

/** The same length, with nothing in literals and comments that could be taken for an operator. */
function withoutStrings(expr: string): string {
  return expr.replace(TOKENS, (token, name: string | undefined) =>
    name === undefined ? '_'.repeat(token.length) : token,
  );
}

function invalid(why: string): MendloopError {
  return new MendloopError('QueryInvalid', `the query cannot be used: ${why}`);
}
