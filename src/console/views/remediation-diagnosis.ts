import { diagnosisParts } from '../../domain/diagnosis/diagnosis-text.ts';
import { h, type VNode } from '../element.ts';
import { panel } from '../parts/layout.ts';
import { code, data, moment } from '../parts/text.ts';
import type { Shown } from './models.ts';

/** What was seen when a human had to be asked or told: what tells most first, the rest to be opened. */
export function diagnosisPanel({ detail, now }: Shown): VNode | false {
  const diagnosis = detail.status?.diagnosis;
  if (diagnosis === undefined) return false;
  const { findings, of, takenAt } = diagnosis;
  const parts = diagnosisParts({ ...diagnosis, findings: [] });
  return panel(
    { id: 'diagnosis', title: 'Diagnosis' },
    h('p', { class: 'panel-line muted' }, of === undefined ? 'Taken ' : [data(of, 300), ', '], moment(takenAt, now)),
    findings.length === 0
      ? h('p', { class: 'panel-line' }, 'Nothing that was seen tells why.')
      : h(
          'ul',
          {},
          findings.map((text, index) => h('li', { key: index }, data(text, 300))),
        ),
    parts.map(([heading, lines]) =>
      h('details', { key: heading }, h('summary', {}, heading), code(lines.join('\n'), 20_000)),
    ),
  );
}
