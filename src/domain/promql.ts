import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';
import { MendloopError } from './failures.ts';
import type { Query } from './plan.ts';
import { durationSeconds } from './promql-duration.ts';

/** String literals and comments, in which a `$` means nothing to us; or a variable. */
const TOKENS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*|\$([a-z_][a-z0-9_]*)/gs;

/** What RE2 gives a meaning to. */
const REGEX_META = /[\\.+*?()|[\]{}^$]/g;

/** JSON's escapes are a subset of Go's, which PromQL uses; lone surrogates, which Go refuses, are replaced first. */
const quote = (value: string) => JSON.stringify(value.toWellFormed());

/**
 * A query with its variables filled in: each as a quoted literal, never as text of the expression.
 *
 * @throws MendloopError `QueryInvalid` naming a variable that is unknown or not used.
 */
export function renderQuery({ expr, vars }: Query): string {
  const used = new Set<string>();
  const rendered = expr.replace(TOKENS, (token, name: string | undefined) => {
    if (name === undefined) return token;
    const value = Object.hasOwn(vars, name) ? vars[name] : undefined;
    if (value === undefined) throw new MendloopError('QueryInvalid', `unknown variable $${name} in the query`);
    used.add(name);
    return typeof value === 'string' ? quote(value) : quote(`${value.prefix.replace(REGEX_META, '\\$&')}.*`);
  });
  const unused = Object.keys(vars).find((name) => !used.has(name));
  if (unused !== undefined) throw new MendloopError('QueryInvalid', `variable $${unused} is not used in the query`);
  return rendered;
}

export interface QueryAnalysis {
  /** How far back from its evaluation the expression looks at most: range windows, subqueries and offsets. Seconds. */
  readonly windowSeconds: number;
  /** Source of every distinct series selector, without range, offset and modifiers. */
  readonly selectors: readonly string[];
}

/**
 * Reads from an expression, with Prometheus's own grammar, what a verdict on its samples needs to know.
 *
 * @throws MendloopError `QueryInvalid` with the position of a syntax error, or for what cannot be judged: `@` modifiers,
 * negative offsets, computed durations, and expressions that look at no series at all.
 */
export function analyzeQuery(expr: string): QueryAnalysis {
  const text = (node: SyntaxNode) => expr.slice(node.from, node.to);
  const selectors = new Set<string>();

  const lookback = (node: SyntaxNode): number => {
    if (node.type.isError) throw invalid(`syntax error at position ${node.from + 1}`);
    if (node.name === 'At') throw invalid('the @ modifier fixes the time of evaluation: such a sample proves nothing');
    if (node.name === 'VectorSelector') selectors.add(text(node));
    const below = Math.max(0, ...children(node).map(lookback));
    return below + own(node);
  };

  const own = (node: SyntaxNode): number => {
    if (node.name === 'MatrixSelector' || node.name === 'SubqueryExpr') {
      const range = node.getChild('DurationExpr');
      return range === null ? 0 : durationSeconds(text(range));
    }
    if (node.name === 'OffsetExpr') {
      const offset = node.getChild('OffsetDurationExpr');
      return offset === null ? 0 : durationSeconds(text(offset));
    }
    return 0;
  };

  const windowSeconds = lookback(parser.parse(expr).topNode);
  if (selectors.size === 0) throw invalid('it looks at no series');
  return { windowSeconds, selectors: [...selectors] };
}

/**
 * An expression that gives, for the selector at each index, the time of its newest raw sample in seconds, as a series
 * with the label `selector`. A selector without a living series is missing from the answer.
 */
export function freshnessProbe(selectors: readonly string[]): string {
  return selectors
    .map((selector, index) => `label_replace(max(timestamp(${selector})), "selector", "${index}", "", "")`)
    .join(' or ');
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
  return found;
}

function invalid(why: string): MendloopError {
  return new MendloopError('QueryInvalid', `the query cannot be used: ${why}`);
}
