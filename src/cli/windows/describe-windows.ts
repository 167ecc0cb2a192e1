import type { WindowReading } from '../../domain/windows/calendar.ts';
import { holdsBack } from '../../domain/windows/holds-back.ts';
import { momentText } from '../../domain/text/moment-text.ts';
import { duration } from '../output/ago.ts';
import type { Paint } from '../output/style.ts';
import { type Cell, renderTable } from '../output/table.ts';

/** The windows of the settings as they stand at a time, for a person. */
export function describeWindows(
  readings: readonly WindowReading[],
  { paint, now }: { readonly paint: Paint; readonly now: number },
): string {
  if (readings.length === 0)
    return 'There are no windows: changes are allowed at any time (`windows` in the settings).';
  const rows = readings
    .toSorted((one, other) => Number(holdsBack(other)) - Number(holdsBack(one)))
    .map((reading): (string | Cell)[] => {
      const { kind, lasts, until, scope, meanwhile, name, reason } = reading;
      const state = holdsBack(reading)
        ? ({ text: 'holds back', tone: 'bad' } as const)
        : ({ text: 'allows', tone: 'good' } as const);
      const change = until === undefined ? 'for ever' : `${momentText(until)}, in ${duration(until - now)}`;
      return [state, kind, `${lasts ? 'ends' : 'begins'} ${change}`, meanwhile, scope, name, reason ?? ''];
    });
  return renderTable({ head: ['CHANGES', 'KIND', 'NEXT', 'MEANWHILE', 'COVERS', 'NAME', 'REASON'], rows }, paint);
}
