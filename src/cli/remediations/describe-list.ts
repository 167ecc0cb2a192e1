import type { RemediationPage } from '../../api/remediations/remediations.ts';
import { ago } from '../output/ago.ts';
import type { Paint } from '../output/style.ts';
import { renderTable } from '../output/table.ts';
import { stateWords } from './state-words.ts';

/** A page of remediations for a person, the newest first. */
export function describeList(
  { items, nextPageToken }: RemediationPage,
  { paint, now }: { paint: Paint; now: number },
): string {
  if (items.length === 0) return 'No remediations.';
  const table = renderTable(
    {
      head: ['STARTED', 'STATE', 'ALERT', 'SERVICE', 'TARGET', 'ACTION', 'MODE', 'ID'],
      rows: items.map((item) => [
        ago(item.startedAt, now),
        stateWords(item),
        item.alert,
        item.service ?? '',
        item.target ?? '',
        item.action ?? '',
        item.mode ?? '',
        item.id,
      ]),
    },
    paint,
  );
  const more = nextPageToken === undefined ? [] : ['', paint('dim', `More: --page ${nextPageToken}`)];
  return [table, ...more].join('\n');
}
