import type { SignalScore } from '../evidence/evidence-report.ts';
import { round, words } from './draw-axes.ts';
import { markup, type Markup } from './markup.ts';
import { type Palette, paletteOf } from './palette.ts';
import type { PlotInput } from './plot-input.ts';
import { label } from './scales.ts';
import { shortNumber, withUnit } from './ticks.ts';

export interface EvidenceStripInput extends Pick<PlotInput, 'theme' | 'id'> {
  readonly signal: SignalScore;
  /** Deviations at which it starts to count, and at which it counts fully. */
  readonly counts: { readonly from: number; readonly full: number };
  readonly width: number;
}

const HEIGHT = 46;
const MIDDLE = 15;
const SIDE = 12;

/**
 * One signal of the evidence on a line of deviations from what is usual: the stretch that is usual, the one in which it
 * counts ever more, and where it stood.
 */
export function drawEvidenceStrip(input: EvidenceStripInput): Markup {
  const { signal, counts } = input;
  const width = Math.max(120, Math.round(input.width));
  const palette = paletteOf(input);
  const id = input.id ?? 'strip';
  const [low, high] = [-counts.from, counts.full * 1.6];
  const x = (deviations: number) =>
    SIDE + ((Math.min(high, Math.max(low, deviations)) - low) / (high - low)) * (width - 2 * SIDE);
  return markup(
    'svg',
    {
      ...{ xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT },
      ...{ role: 'img', 'aria-labelledby': `${id}-title`, class: 'plot plot-strip' },
      ...{ 'font-family': 'system-ui, sans-serif', 'font-size': 11 },
    },
    [
      markup('title', { id: `${id}-title` }, [inWords(signal)]),
      ...(palette.ground === undefined ? [] : [markup('rect', { width, height: HEIGHT, fill: palette.ground })]),
      bar(x(low), x(counts.from), { fill: palette.good, 'fill-opacity': 0.35 }),
      bar(x(counts.from), x(counts.full), { fill: palette.marks.act, 'fill-opacity': 0.35 }),
      bar(x(counts.full), x(high), { fill: palette.bad, 'fill-opacity': 0.4 }),
      ...[0, counts.from, counts.full].map((at) => tick(x(at), at, palette)),
      ...(signal.deviations === null ? [] : [pointer(x(signal.deviations), signal.deviations > high, palette)]),
    ],
  );
}

function inWords({ name, unit, value, median, deviations, reason }: SignalScore): string {
  const shown = label(unit, 16);
  const now = value === null ? 'unknown' : withUnit(value, shown);
  const usual = median === null ? '' : `, usually ${withUnit(median, shown)}`;
  const away = deviations === null ? '' : `, ${shortNumber(deviations)} deviations from usual`;
  return `${label(name)}: ${now}${usual}${away}${reason === undefined ? '' : ` (${reason.replaceAll('_', ' ')})`}`;
}

function bar(from: number, to: number, attributes: Markup['attributes']): Markup {
  return markup('rect', {
    x: round(from),
    y: MIDDLE - 4,
    width: round(Math.max(0, to - from)),
    height: 8,
    ...attributes,
  });
}

function tick(x: number, deviations: number, palette: Palette): Markup {
  const text = deviations === 0 ? 'usual' : `${shortNumber(deviations)} σ`;
  return words(text, { x, y: HEIGHT - 8, 'text-anchor': 'middle', fill: palette.text, class: 'plot-text' });
}

/** A diamond where it stood; an arrow where that is beyond the end. */
function pointer(x: number, isBeyond: boolean, { text }: Palette): Markup {
  const at = round(x);
  const d = isBeyond
    ? `M${at - 6} ${MIDDLE - 8}L${at + 6} ${MIDDLE}L${at - 6} ${MIDDLE + 8}Z`
    : `M${at} ${MIDDLE - 9}L${at + 7} ${MIDDLE}L${at} ${MIDDLE + 9}L${at - 7} ${MIDDLE}Z`;
  return markup('path', { d, fill: text, class: 'plot-pointer' });
}
