import { type ComponentChildren, h as create, type VNode as PreactNode } from 'preact';
import type { Markup } from '../domain/plot/markup.ts';
import { plainText } from '../domain/text/plain-text.ts';

export type VNode = PreactNode;

/** What may stand among children; false and undefined are nothing, and keep the place of what may come. */
export type Child = VNode | string | number | false | undefined | readonly Child[];

/** False and undefined are left out; names that begin with `on` are handlers. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined | ((event: never) => void)>>;

/** An element. Texts are data: they become text nodes, never markup, and what cannot be seen in them is spelled out. */
export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): VNode {
  return create(tag, attributes, ...children.map(plain));
}

function plain(child: Child): ComponentChildren {
  if (typeof child === 'string') return plainText(child);
  return isList(child) ? child.map(plain) : child;
}

function isList(child: Child): child is readonly Child[] {
  return Array.isArray(child);
}

/** What `domain/plot` has drawn. */
export function drawn({ tag, attributes, children }: Markup): VNode {
  return h(tag, attributes, ...children.map((child) => (typeof child === 'string' ? child : drawn(child))));
}

/** A form's handler: nothing is ever sent by the browser itself. */
export function submitted(send: (form: HTMLFormElement) => void) {
  return (event: SubmitEvent): void => {
    event.preventDefault();
    send(event.currentTarget as HTMLFormElement);
  };
}
