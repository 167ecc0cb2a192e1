import { round } from './draw-axes.ts';
import { drawSign, type Sign } from './draw-signs.ts';
import { markup, type Markup } from './markup.ts';
import type { Palette } from './palette.ts';
import type { PlotInput, PlotPoint, PlotSeries, PlotThreshold } from './plot-input.ts';
import { type Frame, isMoment, known, label } from './scales.ts';
import { withUnit } from './ticks.ts';

/** More than these are a line without a sign for each. */
const MAX_SIGNS = 150;
const DASHES = [undefined, '7 4', '2 3', '9 3 2 3', '1 4'];

export interface SeriesStyle {
  readonly colour: string;
  readonly dash: string | undefined;
}

/** Lines differ by dashes too, so that nobody has to tell colours. */
export function styleOf(index: number, { series }: Palette): SeriesStyle {
  return { colour: series[index % series.length] ?? 'currentColor', dash: DASHES[index % DASHES.length] };
}

/** Whether a value is on the good side; undefined without a limit. */
export function isGoodSide(value: number, threshold: PlotThreshold | undefined): boolean | undefined {
  if (threshold === undefined) return undefined;
  const { value: limit, good, inclusive = true } = threshold;
  if (value === limit) return inclusive;
  return good === 'below' ? value < limit : value > limit;
}

/** One series: its line, and a sign for each point. */
export function drawSeries(
  series: PlotSeries,
  { frame, style, input, palette }: { frame: Frame; style: SeriesStyle; input: PlotInput; palette: Palette },
): Markup {
  const { shape = 'line', points } = series;
  const path = pathOf(points, frame, shape);
  const hasSigns = shape === 'line' && points.length <= MAX_SIGNS;
  return markup('g', { class: 'plot-series' }, [
    ...(path === ''
      ? []
      : [
          markup('path', {
            ...{ d: path, fill: 'none', stroke: style.colour, 'stroke-width': 2, 'stroke-dasharray': style.dash },
            ...{ 'stroke-linejoin': 'round', 'stroke-linecap': 'round', class: 'plot-line' },
          }),
        ]),
    ...(hasSigns
      ? points.filter(({ at }) => isMoment(at)).map((point) => signOf(point, { frame, style, input, palette }))
      : []),
  ]);
}

/** Line by line; what is unknown breaks it. */
function pathOf(points: readonly PlotPoint[], { x, y, right }: Frame, shape: 'line' | 'step'): string {
  const parts: string[] = [];
  let isOpen = false;
  for (const point of points) {
    const [value] = known(point);
    if (value === undefined || !isMoment(point.at)) {
      isOpen = false;
      continue;
    }
    const [across, down] = [round(x(point.at)), round(y(value))];
    if (!isOpen) parts.push(`M${across} ${down}`);
    else parts.push(shape === 'step' ? `H${across}V${down}` : `L${across} ${down}`);
    isOpen = true;
  }
  if (shape === 'step' && isOpen) parts.push(`H${round(right)}`);
  return parts.join('');
}

function signOf(
  point: PlotPoint,
  { frame, style, input, palette }: { frame: Frame; style: SeriesStyle; input: PlotInput; palette: Palette },
): Markup {
  const { x, y, bottom, origin } = frame;
  const { unit, threshold } = input;
  const seconds = `${Number(((point.at - origin) / 1000).toFixed(1))} s`;
  const [value] = known(point);
  const at = { x: x(point.at), y: value === undefined ? bottom - 6 : y(value) };
  if (value === undefined) return drawSign('unknown', at, { palette, title: `${seconds}: unknown` });
  const isGood = isGoodSide(value, threshold);
  const sign: Sign | undefined = isGood === undefined ? undefined : isGood ? 'good' : 'bad';
  const verdict = isGood === undefined ? '' : isGood ? ', good' : ', not good';
  const title = `${seconds}: ${withUnit(value, label(unit, 16))}${verdict}`;
  return drawSign(sign ?? { colour: style.colour }, at, { palette, title });
}
