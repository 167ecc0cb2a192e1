import type { VNode } from './node.ts';

const SVG = 'http://www.w3.org/2000/svg';
/** Where people type, what they typed stays; these say how a field begins. */
const INITIAL_ONLY = new Set(['value', 'checked', 'selected', 'open']);

/**
 * Makes the children of an element like the nodes, changing as little as can be: focus, selection, scrolling and what
 * has been typed or opened stay. Nothing is ever parsed as markup.
 */
export function render(parent: Element, children: readonly (VNode | string)[]): void {
  const old = [...parent.childNodes];
  const keyed = new Map(old.flatMap((node) => (keys.has(node) ? [[keys.get(node) ?? '', node] as const] : [])));
  const used = new Set<Node>();
  const free = old.filter((node) => !keys.has(node)).values();

  children.forEach((child, index) => {
    const isKeyed = typeof child !== 'string' && child.key !== undefined;
    const candidate = isKeyed ? keyed.get(child.key ?? '') : nextLike(free, child);
    const node =
      candidate !== undefined && !used.has(candidate) && isLike(candidate, child) ? candidate : create(child, parent);
    used.add(node);
    if (typeof child === 'string') {
      if (node.nodeValue !== child) node.nodeValue = child;
    } else {
      update(node as Element, child);
    }
    const there = parent.childNodes[index];
    // Moving a node takes the focus from it; those that go away later make way on their own.
    if (there !== node) parent.insertBefore(node, there ?? null);
  });
  for (const node of old) if (!used.has(node)) node.remove();
}

const keys = new WeakMap<Node, string>();
const shown = new WeakMap<Node, VNode['attributes']>();

/** The next one without a key that fits; those passed over are not taken any more. */
function nextLike(free: Iterator<ChildNode>, child: VNode | string): ChildNode | undefined {
  for (let next = free.next(); next.done !== true; next = free.next()) if (isLike(next.value, child)) return next.value;
  return undefined;
}

function isLike(node: Node, child: VNode | string): boolean {
  if (typeof child === 'string') return node.nodeType === Node.TEXT_NODE;
  return node instanceof Element && node.localName === child.tag && keys.get(node) === child.key;
}

function create(child: VNode | string, parent: Element): Node {
  if (typeof child === 'string') return document.createTextNode(child);
  const isSvg = child.tag === 'svg' || (parent.namespaceURI === SVG && parent.localName !== 'foreignObject');
  const element = isSvg ? document.createElementNS(SVG, child.tag) : document.createElement(child.tag);
  if (child.key !== undefined) keys.set(element, child.key);
  for (const [name, value] of Object.entries(child.attributes)) {
    if (INITIAL_ONLY.has(name)) setAttribute(element, name, value);
  }
  return element;
}

function update(element: Element, { attributes, children }: VNode): void {
  const before = shown.get(element) ?? {};
  for (const name of Object.keys(before)) {
    if (attributes[name] === undefined && !INITIAL_ONLY.has(name)) element.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (before[name] !== value && !INITIAL_ONLY.has(name)) setAttribute(element, name, value);
  }
  shown.set(element, attributes);
  render(element, children);
}

function setAttribute(element: Element, name: string, value: VNode['attributes'][string]): void {
  // An element of SVG made here is in its namespace already.
  if (name === 'xmlns') return;
  if (value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
}
