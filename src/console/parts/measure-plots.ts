import { plotSize } from './plot-size.ts';

/** Measures what the page has room for; true if that has changed, so that it has to be drawn anew. */
export function measurePlots(page: ParentNode): boolean {
  const width = page.querySelector('.plot-box')?.clientWidth ?? 0;
  if (width < 100 || Math.abs(width - plotSize.width) < 4) return false;
  plotSize.width = width;
  return true;
}
