import { round, words } from './draw-axes.ts';
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

/** One series: its line, and a sign for each point: full where it is good, hollow where it is not, a cross if unknown. */
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
      ? points.filter(({ at }) => isMoment(at)).map((point) => drawSign(point, { frame, style, input, palette }))
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

function drawSign(
  point: PlotPoint,
  { frame, style, input, palette }: { frame: Frame; style: SeriesStyle; input: PlotInput; palette: Palette },
): Markup {
  const { x, y, bottom, origin } = frame;
  const { unit, threshold } = input;
  const seconds = `${Number(((point.at - origin) / 1000).toFixed(1))} s`;
  const [value] = known(point);
  const across = round(x(point.at));
  if (value === undefined) {
    const d = `M${across - 4} ${bottom - 9}l8 8m0 -8l-8 8`;
    return markup('path', { d, stroke: palette.bad, 'stroke-width': 2, fill: 'none', class: 'plot-unknown' }, [
      markup('title', {}, [`${seconds}: unknown`]),
    ]);
  }
  const good = isGoodSide(value, threshold);
  const verdict = good === undefined ? '' : good ? ', good' : ', not good';
  const colour = good === undefined ? style.colour : good ? palette.good : palette.bad;
  return markup(
    'circle',
    {
      ...{ cx: across, cy: round(y(value)), r: good === false ? 3.5 : 4, stroke: colour, 'stroke-width': 2 },
      fill: good === false ? (palette.ground ?? 'transparent') : colour,
      class: good === undefined ? 'plot-sign' : good ? 'plot-sign plot-good' : 'plot-sign plot-bad',
    },
    [markup('title', {}, [`${seconds}: ${withUnit(value, label(unit, 16))}${verdict}`])],
  );
}

/** Names of several series, each behind a piece of its line, in one row. */
export function drawLegend(input: PlotInput, at: { x: number; y: number }, palette: Palette): Markup[] {
  if (input.series.length < 2) return [];
  let x = at.x;
  return input.series.flatMap(({ name }, index) => {
    const { colour, dash } = styleOf(index, palette);
    const text = label(name, 24);
    const start = x;
    x += 34 + text.length * 6.8 + 16;
    return [
      markup('line', {
        ...{ x1: round(start), x2: round(start + 24), y1: at.y - 4, y2: at.y - 4 },
        ...{ stroke: colour, 'stroke-width': 2, 'stroke-dasharray': dash },
      }),
      words(text, { x: start + 30, y: at.y, fill: palette.text, class: 'plot-text' }),
    ];
  });
}
