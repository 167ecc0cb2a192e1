/**
 * Draws, and leaves the focus where it was: who goes by keyboard must not be thrown to the top of the page because
 * something has changed. Where what had it is gone, the title has it.
 */
export function keepFocus(root: Element, draw: () => void): void {
  const before = document.activeElement;
  const isOurs = before instanceof HTMLElement && root.contains(before);
  draw();
  if (!isOurs || (document.activeElement ?? document.body) !== document.body) return;
  if (before.isConnected) before.focus({ preventScroll: true });
  else focusTitle(root);
}

export function focusTitle(root: Element): void {
  root.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
}
