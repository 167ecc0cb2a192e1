import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';
import { MendloopError } from '../failures.ts';
import type { Query } from '../plan/query.ts';
import { durationSeconds } from './promql-duration.ts';
import { escapeRegex, quote } from './promql-literal.ts';
import { type Presence, presenceOf } from './promql-presence.ts';

/** String literals and comments, in which a `$` means nothing to us; or a variable. */
const TOKENS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*|\$(\w*)/gs;

/**
 * A query with its variables filled in: each as a quoted literal, never as text of the expression. A plain value means
 * itself everywhere: after `=~` and `!~` it is escaped, so that a label value `.*` does not match everything.
 *
 * @throws MendloopError `QueryInvalid` naming a variable that is unknown, not used, or a prefix where `=` wants a value.
 */
export function renderQuery({ expr, vars }: Query): string {
  const used = new Set<string>();
  const rendered = expr.replace(TOKENS, (token, name: string | undefined, offset: number) => {
    if (name === undefined) return token;
    const value = Object.hasOwn(vars, name) ? vars[name] : undefined;
    if (value === undefined) throw invalid(`variable $${name} is unknown`);
    used.add(name);
    const before = expr.slice(0, offset).trimEnd();
    if (typeof value === 'string') return quote(/[=!]~$/.test(before) ? escapeRegex(value) : value);
    if (before.endsWith('=')) throw invalid(`variable $${name} is a prefix: it belongs after =~ or !~`);
    return quote(`${escapeRegex(value.prefix)}(?s:.*)`); // Line breaks too: Prometheus 2 leaves them out of a plain dot.
  });
  const unused = Object.keys(vars).find((name) => !used.has(name));
  if (unused !== undefined) throw invalid(`variable $${unused} is not used`);
  return rendered;
}

/** The series that one part of an expression looks at. */
export interface SeriesSelector {
  /** Source without range, offset and modifiers. */
  readonly text: string;
  /** How far back from the evaluation its ranges, subqueries and offsets reach, in seconds; 0 for a plain selector. */
  readonly backSeconds: number;
  /** Whether it is used without a range: then each series gives its newest sample, however old that is. */
  readonly instant: boolean;
}

export interface QueryAnalysis {
  /** How far back from its evaluation the expression looks at most, in seconds. */
  readonly maxWindowSeconds: number;
  /** Every distinct selector. */
  readonly selectors: readonly SeriesSelector[];
  /** Which of them a value needs. */
  readonly presence: Presence;
}

/**
 * Reads from an expression, with Prometheus's own grammar, what a verdict on its samples needs to know.
 *
 * @throws MendloopError `QueryInvalid` with the position of a syntax error, or for what cannot be judged: `@`,
 * `anchored` and `smoothed`, negative offsets, computed durations, and expressions that look at no series.
 */
export function analyzeQuery(expr: string): QueryAnalysis {
  const selectors = new Map<string, SeriesSelector>();
  const text = (node: SyntaxNode) => expr.slice(node.from, node.to);
  const duration = (node: SyntaxNode, name: string) => {
    const found = node.getChild(name);
    return found === null ? 0 : durationSeconds(text(found));
  };
  const select = (node: SyntaxNode, backSeconds: number, instant: boolean) => {
    const known = selectors.get(text(node));
    selectors.set(text(node), {
      text: text(node),
      backSeconds: Math.max(backSeconds, known?.backSeconds ?? 0),
      instant: instant || known?.instant === true,
    });
  };

  /**
   * `back`: how far back from the evaluation of the whole this part is evaluated at most. `ranged`: whether this is what
   * a range stands behind.
   */
  const visit = (node: SyntaxNode, back: number, ranged: boolean): void => {
    if (node.type.isError) {
      const near = JSON.stringify(expr.slice(Math.max(0, node.from - 10), node.from + 10));
      throw invalid(`syntax error at position ${node.from + 1}, near ${near}`);
    }
    let below = back;
    switch (node.name) {
      case 'StepInvariantExpr':
        throw invalid('the @ modifier fixes the time of evaluation: such a sample proves nothing');
      case 'AnchoredExpr':
      case 'SmoothedExpr':
        throw invalid('anchored and smoothed ranges look at samples outside their window');
      case 'VectorSelector':
        select(node, back, !ranged);
        break;
      case 'MatrixSelector':
      case 'SubqueryExpr':
        below += duration(node, 'DurationExpr');
        break;
      case 'OffsetExpr':
        below += duration(node, 'OffsetDurationExpr');
        break;
    }
    for (const child of children(node)) visit(child, below, node.name === 'MatrixSelector');
  };

  const { topNode } = parser.parse(expr);
  visit(topNode, 0, false);
  if (selectors.size === 0) throw invalid('it looks at no series');
  const found = [...selectors.values()];
  const numbers = new Map(found.map((selector, index) => [selector.text, index]));
  return {
    maxWindowSeconds: Math.max(...found.map(({ backSeconds }) => backSeconds)),
    selectors: found,
    presence: presenceOf(topNode, (node) => numbers.get(text(node)) ?? -1),
  };
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
  return found;
}

function invalid(why: string): MendloopError {
  return new MendloopError('QueryInvalid', `the query cannot be used: ${why}`);
}
