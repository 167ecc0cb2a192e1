import type { PlotInput, PlotMark } from './plot-input.ts';

/** Colours of a plot. Each can be told from its ground by 3:1, those of texts by 4.5:1. */
export interface Palette {
  readonly ground: string | undefined;
  readonly text: string;
  readonly grid: string;
  readonly gridOpacity: number;
  readonly series: readonly string[];
  readonly good: string;
  readonly bad: string;
  /** Neither: nothing is known. */
  readonly unknown: string;
  readonly marks: Readonly<Record<NonNullable<PlotMark['kind']>, string>>;
}

const LIGHT: Palette = {
  ...{ ground: '#ffffff', text: '#1d2733', grid: '#1d2733', gridOpacity: 0.14 },
  series: ['#1f66c1', '#8a4bbd', '#0e7c86', '#a8530b', '#6b7280'],
  ...{ good: '#12805c', bad: '#c0362c', unknown: '#5c6877' },
  marks: { act: '#8a5a00', undo: '#c0362c', note: '#5c6877' },
};

const DARK: Palette = {
  ...{ ground: '#151b22', text: '#e6ebf1', grid: '#e6ebf1', gridOpacity: 0.16 },
  series: ['#6aa9f4', '#c194ea', '#4cc3cd', '#f0a35e', '#a3afbd'],
  ...{ good: '#4cc796', bad: '#f2857b', unknown: '#a3afbd' },
  marks: { act: '#e5b454', undo: '#f2857b', note: '#a3afbd' },
};

/** Can be seen on both grounds; a page may still set its own by the classes of the elements. */
const EITHER: Palette = {
  ...{ ground: undefined, text: 'currentColor', grid: 'currentColor', gridOpacity: 0.18 },
  series: ['#3b82d6', '#a065cf', '#1b929d', '#c2701f', '#7b8796'],
  ...{ good: '#1f9a70', bad: '#dc5a50', unknown: '#7b8796' },
  marks: { act: '#b07d1c', undo: '#dc5a50', note: '#7b8796' },
};

export function paletteOf({ theme = 'inherit' }: Pick<PlotInput, 'theme'>): Palette {
  return { inherit: EITHER, light: LIGHT, dark: DARK }[theme];
}
