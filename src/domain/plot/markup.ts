/** An element of SVG or HTML as plain data: written out as text here, or built as nodes by a page. */
export interface Markup {
  readonly tag: string;
  /** Undefined ones are left out. */
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
  readonly children: readonly (Markup | string)[];
}

export function markup(
  tag: string,
  attributes: Markup['attributes'] = {},
  children: readonly (Markup | string)[] = [],
): Markup {
  return { tag, attributes, children };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The element as text, well-formed as XML too. Every text and every attribute's value in it is escaped. */
export function toText(element: Markup | string): string {
  if (typeof element === 'string') return escaped(element);
  const { tag, attributes, children } = element;
  const given = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [` ${name}="${escaped(String(value))}"`],
  );
  const inside = children.map(toText).join('');
  return inside === '' ? `<${tag}${given.join('')}/>` : `<${tag}${given.join('')}>${inside}</${tag}>`;
}

function escaped(text: string): string {
  // XML knows no way to write most control characters.
  const writable = text.toWellFormed().replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, '\ufffd');
  return writable.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
