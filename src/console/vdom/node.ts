import { plainText } from '../../domain/text/plain-text.ts';

/** What a page should look like, as plain data; `render` makes the document like it. `Markup` of the plots is one too. */
export interface VNode {
  readonly tag: string;
  /** False and undefined are left out, true is an attribute without a value. */
  readonly attributes: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly children: readonly (VNode | string)[];
  /** Tells it from its siblings where they change places. */
  readonly key?: string;
}

/** What may stand among children; false and undefined are nothing. */
export type Child = VNode | string | number | false | undefined | readonly Child[];

/**
 * An element. Texts are data: they become text nodes, never markup, and what cannot be seen in them is spelled out. The
 * attribute `key` is the node's key.
 */
export function h(tag: string, attributes: VNode['attributes'] & { key?: string } = {}, ...children: Child[]): VNode {
  const { key, ...rest } = attributes;
  return { tag, attributes: rest, children: children.flatMap(flat), ...(key === undefined ? {} : { key }) };
}

function flat(child: Child): (VNode | string)[] {
  if (child === false || child === undefined) return [];
  if (typeof child === 'number') return [String(child)];
  if (typeof child === 'string') return child === '' ? [] : [plainText(child)];
  return isList(child) ? child.flatMap(flat) : [child];
}

function isList(child: VNode | readonly Child[]): child is readonly Child[] {
  return Array.isArray(child);
}
