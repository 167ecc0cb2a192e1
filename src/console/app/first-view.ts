let isMarked = false;

/** For benchmarks: the moment at which the first view showed all that it had asked for. */
export function markFirstView(page: ParentNode): void {
  if (isMarked || page.querySelector('[aria-busy]') !== null) return;
  isMarked = true;
  // By then, the frame that this is part of has been painted.
  setTimeout(() => performance.mark('mendloop-first-view'));
}
