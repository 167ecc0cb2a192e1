import { round } from './draw-axes.ts';
import { markup, type Markup } from './markup.ts';
import type { Palette } from './palette.ts';

/** What a point of a plot with a limit is: on its good side, on the other one, or not known, which is neither. */
export type Sign = 'good' | 'bad' | 'unknown';

/** Full where it is good, hollow where it is not, a grey diamond where nothing is known: shape and colour say the same. */
export function drawSign(
  sign: Sign | { readonly colour: string },
  { x, y }: { readonly x: number; readonly y: number },
  { palette, title }: { readonly palette: Palette; readonly title?: string },
): Markup {
  const [across, down] = [round(x), round(y)];
  const inside = title === undefined ? [] : [markup('title', {}, [title])];
  if (sign === 'unknown') {
    const d = `M${across} ${round(down - 5)}l5 5l-5 5l-5 -5Z`;
    const look = { stroke: palette.unknown, 'stroke-width': 1.5, fill: palette.ground ?? 'transparent' };
    return markup('path', { d, ...look, class: 'plot-unknown' }, inside);
  }
  const isBad = sign === 'bad';
  const stroke = typeof sign === 'object' ? sign.colour : palette[sign];
  return markup(
    'circle',
    {
      ...{ cx: across, cy: down, r: isBad ? 3.5 : 4, stroke, 'stroke-width': 2 },
      fill: isBad ? (palette.ground ?? 'transparent') : stroke,
      class: typeof sign === 'object' ? 'plot-sign' : `plot-sign plot-${sign}`,
    },
    inside,
  );
}
