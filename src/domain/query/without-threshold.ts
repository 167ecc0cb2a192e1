import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

const COMPARISONS = ['Eql', 'Neq', 'Lss', 'Lte', 'Gtr', 'Gte'];

/**
 * The expression of an alerting rule without what makes it fire: the left side of its comparisons. It has a value while
 * nothing is wrong, with the very labels that the alert would have. As it is where it compares nothing.
 */
export function withoutThreshold(expr: string): string {
  const text = (node: SyntaxNode) => expr.slice(node.from, node.to);
  const reduce = (node: SyntaxNode): string => {
    if (node.name === 'ParenExpr') {
      const inner = operands(node).at(0);
      return inner === undefined ? text(node) : reduce(inner);
    }
    if (node.name !== 'BinaryExpr') return text(node);
    const [left, right] = [operands(node).at(0), operands(node).at(-1)];
    if (left === undefined || right === undefined) return text(node);
    if (isComparison(node)) return isNumber(left) ? reduce(right) : reduce(left);
    // What `and` and `unless` let through has the left side's labels.
    if (node.getChild('And') !== null || node.getChild('Unless') !== null) return reduce(left);
    if (node.getChild('Or') !== null) return `(${reduce(left)}) or (${reduce(right)})`;
    return text(node);
  };
  const [whole] = operands(parser.parse(expr).topNode);
  return whole === undefined ? expr : reduce(whole);
}

function isComparison(node: SyntaxNode): boolean {
  // With `bool` it is a number, and filters nothing.
  return (
    node.getChild('BoolModifier')?.getChild('Bool') == null && COMPARISONS.some((name) => node.getChild(name) !== null)
  );
}

function isNumber(node: SyntaxNode): boolean {
  if (node.name === 'ParenExpr' || node.name === 'UnaryExpr') return operands(node).every(isNumber);
  return node.name === 'NumberDurationLiteral';
}

function operands(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
  return found.filter(({ name }) => !/^(UnaryOp|LineComment)$/.test(name));
}
