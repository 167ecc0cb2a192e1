import type { WindowReading } from './calendar.ts';

/** Whether a window by itself holds back what it covers: a freeze or a maintenance that lasts, hours that do not. */
export function holdsBack({ kind, lasts }: Pick<WindowReading, 'kind' | 'lasts'>): boolean {
  return (kind === 'hours') !== lasts;
}
