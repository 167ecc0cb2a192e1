import type { ComponentChildren, VNode } from 'preact';

/** All texts of what a page would show, one after the other. */
export function textOf(nodes: ComponentChildren): string {
  return words(nodes).replace(/\s+/g, ' ').trim();
}

function words(node: ComponentChildren): string {
  if (Array.isArray(node)) return node.map(words).join('');
  if (typeof node === 'string' || typeof node === 'number') return `${node} `;
  return typeof node === 'object' && node !== null && 'props' in node ? words((node as VNode).props.children) : '';
}
