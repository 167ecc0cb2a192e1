import type { SyntaxNode } from '@lezer/common';

/**
 * Which series an expression needs in order to have a value, by what PromQL makes of operands without series: an `or`
 * needs one of its sides; `absent` and the right side of `unless` may have none; all else is empty if one operand is.
 */
export type Presence =
  /** Number of a selector in the analysis. */
  | { readonly kind: 'series'; readonly index: number }
  /** Without parts: a constant, which is always there. */
  | { readonly kind: 'all'; readonly parts: readonly Presence[] }
  | { readonly kind: 'any'; readonly parts: readonly Presence[] }
  | { readonly kind: 'optional'; readonly part: Presence };

/**
 * What stands behind a value. `gone`: no series lives. `stale`: the newest sample is too old, or the series has gone and
 * a window still holds samples of it.
 */
export type SeriesState = 'fresh' | 'stale' | 'gone';

/** Reads the presence of a part of an expression; `indexOf` numbers its selectors. */
export function presenceOf(node: SyntaxNode, indexOf: (selector: SyntaxNode) => number): Presence {
  if (node.name === 'VectorSelector') return { kind: 'series', index: indexOf(node) };
  const parts: Presence[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    parts.push(presenceOf(child, indexOf));
  }
  const whole: Presence = { kind: 'all', parts: parts.filter((part) => part.kind !== 'all' || part.parts.length > 0) };
  switch (node.name) {
    case 'FunctionCall':
      return isAbsence(node) ? { kind: 'optional', part: whole } : whole;
    case 'BinaryExpr':
      return ofOperands(node, parts) ?? whole;
    default:
      return whole.parts.length === 1 ? (whole.parts[0] ?? whole) : whole;
  }
}

function isAbsence(call: SyntaxNode): boolean {
  const name = call.getChild('FunctionIdentifier');
  return name?.getChild('Absent') != null || name?.getChild('AbsentOverTime') != null;
}

/** Of the operators whose sides are not both needed; the sides are the first child and the last. */
function ofOperands(node: SyntaxNode, parts: readonly Presence[]): Presence | undefined {
  const left = parts.at(0);
  const right = parts.at(-1);
  if (left === undefined || right === undefined) return undefined;
  if (node.getChild('Or') !== null) return { kind: 'any', parts: [left, right] };
  if (node.getChild('Unless') !== null) return { kind: 'all', parts: [left, { kind: 'optional', part: right }] };
  const fills = node.getChild('FillModifier');
  if (fills === null) return undefined;
  const fillsLeft = (fills.getChild('FillClause') ?? fills.getChild('FillLeftClause')) !== null;
  const fillsRight = (fills.getChild('FillClause') ?? fills.getChild('FillRightClause')) !== null;
  if (fillsLeft && fillsRight) return { kind: 'any', parts: [left, right] };
  const filled = (part: Presence, isFilled: boolean): Presence => (isFilled ? { kind: 'optional', part } : part);
  return { kind: 'all', parts: [filled(left, fillsLeft), filled(right, fillsRight)] };
}

/** How the whole stands if each selector stands as given. What is stale spoils it wherever it is. */
export function stateOf(presence: Presence, ofSeries: (index: number) => SeriesState): SeriesState {
  if (presence.kind === 'series') return ofSeries(presence.index);
  if (presence.kind === 'optional') return stateOf(presence.part, ofSeries) === 'stale' ? 'stale' : 'fresh';
  const states = presence.parts.map((part) => stateOf(part, ofSeries));
  if (states.includes('stale')) return 'stale';
  if (presence.kind === 'any') return states.includes('fresh') ? 'fresh' : 'gone';
  return states.includes('gone') ? 'gone' : 'fresh';
}

/** The selectors without whose series there can be a value all the same. */
export function dispensableOf(presence: Presence): ReadonlySet<number> {
  if (presence.kind === 'series') return new Set();
  if (presence.kind === 'all') return new Set(presence.parts.flatMap((part) => [...dispensableOf(part)]));
  return seriesOf(presence);
}

/** The numbers of all selectors. */
export function seriesOf(presence: Presence): ReadonlySet<number> {
  if (presence.kind === 'series') return new Set([presence.index]);
  const parts = presence.kind === 'optional' ? [presence.part] : presence.parts;
  return new Set(parts.flatMap((part) => [...seriesOf(part)]));
}
