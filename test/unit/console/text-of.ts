import type { VNode } from '../../../src/console/vdom/node.ts';

/** All texts of what a page would show, one after the other. */
export function textOf(nodes: readonly (VNode | string)[]): string {
  const words = (node: VNode | string): string =>
    typeof node === 'string' ? `${node} ` : node.children.map(words).join('');
  return nodes.map(words).join('').replace(/\s+/g, ' ').trim();
}
