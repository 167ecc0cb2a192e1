import { isGoodSide } from './draw-series.ts';
import type { PlotInput, PlotSeries } from './plot-input.ts';
import { isMoment, known, label } from './scales.ts';
import { withUnit } from './ticks.ts';

/** A plot in words, for who cannot see it. */
export function describePlot({ unit, series, threshold, marks }: PlotInput, origin: number): string {
  const shown = (value: number) => withUnit(value, label(unit, 16));
  const when = (at: number) => `${Number(((at - origin) / 1000).toFixed(1))} s`;
  const limit = threshold && `Wanted: ${label(threshold.label)}.`;
  const lines = series.map((one) => describeSeries(one, { shown, when, threshold }));
  const acts = marks
    .filter(({ at }) => isMoment(at))
    .slice(0, 12)
    .map(({ at, label: text }) => `${label(text)} at ${when(at)}`);
  return [limit, ...lines, acts.length === 0 ? undefined : `Marks: ${acts.join(', ')}.`]
    .filter((part) => part !== undefined)
    .join(' ');
}

function describeSeries(
  { name, points }: PlotSeries,
  parts: {
    shown: (value: number) => string;
    when: (at: number) => string;
    threshold: PlotInput['threshold'];
  },
): string {
  const { shown, when, threshold } = parts;
  const values = points
    .filter(({ at }) => isMoment(at))
    .flatMap((point) => known(point).map((value) => ({ at: point.at, value })));
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined) return `${label(name)}: no values are known.`;
  const least = values.reduce((low, { value }) => Math.min(low, value), Infinity);
  const most = values.reduce((high, { value }) => Math.max(high, value), -Infinity);
  const unknown = points.length - values.length;
  const firstGood = values.find(({ value }) => isGoodSide(value, threshold) === true);
  return [
    `${label(name)}: ${points.length} values, ${shown(first.value)} at first and ${shown(last.value)} at last,`,
    `from ${shown(least)} to ${shown(most)}${unknown === 0 ? '' : `, ${unknown} unknown`}`,
    ...(threshold === undefined
      ? []
      : [firstGood === undefined ? '; never as wanted' : `; as wanted for the first time at ${when(firstGood.at)}`]),
  ]
    .join(' ')
    .replace(' ;', ';')
    .concat('.');
}
