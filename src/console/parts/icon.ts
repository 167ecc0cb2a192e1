import { h, type VNode } from '../element.ts';
import type { Tone } from '../words/labels.ts';

const PATHS = {
  good: 'M3 8.5l3.2 3.2L13 5',
  bad: 'M8 3.2v5.6M8 12.4v.2',
  warn: 'M8 5v3.4l2.2 1.6',
  busy: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.6v3h-3',
  calm: 'M4 8h8',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.4l7.4 4.6L5 12.6z',
  external: 'M6.5 3.5h-3v9h9v-3M9 3.5h3.5V7M12.3 3.7L7.5 8.5',
  back: 'M9.8 3.5L5.2 8l4.6 4.5',
  live: 'M3.6 12.4a6.2 6.2 0 0 1 0-8.8M12.4 3.6a6.2 6.2 0 0 1 0 8.8M8 8v.01',
} as const;
export type IconName = keyof typeof PATHS;

/** A sign beside words that say the same. */
export function icon(name: IconName): VNode {
  const round = name === 'warn' ? [h('circle', { cx: 8, cy: 8, r: 6 })] : [];
  return h(
    'svg',
    {
      class: `icon icon-${name}`,
      viewBox: '0 0 16 16',
      width: 16,
      height: 16,
      'aria-hidden': 'true',
      focusable: 'false',
    },
    round,
    h('path', { d: PATHS[name] }),
  );
}

/** A word on its tone's colour. */
export function badge(text: string, tone: Tone): VNode {
  return h('span', { class: `badge tone-${tone}` }, icon(tone), text);
}

export function chip(text: string): VNode {
  return h('span', { class: 'chip' }, text);
}
