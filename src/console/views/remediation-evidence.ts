import { drawEvidenceStrip } from '../../domain/plot/evidence-strip.ts';
import { shortNumber, withUnit } from '../../domain/plot/ticks.ts';
import { badge } from '../parts/icon.ts';
import { panel } from '../parts/layout.ts';
import { data } from '../parts/text.ts';
import { drawn, h, type VNode } from '../element.ts';
import { planInForce } from '../../domain/ladder/plan-in-force.ts';
import type { Shown } from './models.ts';

/** Pixels of a strip of evidence; narrow screens have no more. */
const STRIP_WIDTH = 300;

/** How sure it was before acting, signal by signal. */
export function evidencePanel({ detail }: Shown): VNode | false {
  const { status } = detail;
  const evidence = status?.evidence;
  if (status === undefined || evidence === undefined) return false;
  const clauses = planInForce(status)?.evidence?.signals ?? [];
  return panel(
    {
      id: 'evidence',
      title: 'Evidence',
      note: badge(evidence.enough ? 'Enough' : 'Too little', evidence.enough ? 'good' : 'warn'),
    },
    h(
      'p',
      { class: 'panel-line' },
      `Confidence ${shortNumber(evidence.confidence)}, and ${shortNumber(evidence.threshold)} is wanted: the mean of the scores by weight.`,
    ),
    h(
      'ul',
      { class: 'signals', role: 'list' },
      evidence.signals.map((signal, index) => {
        const { name, unit, value, median, mad, score, weight, reason } = signal;
        const counts = clauses[index]?.deviations ?? { from: 2, full: 6 };
        return h(
          'li',
          { key: `${index} ${name}` },
          h(
            'div',
            { class: 'signal-words' },
            h('strong', {}, data(name, 120)),
            h(
              'span',
              {},
              value === null ? 'unknown' : data(withUnit(value, unit), 60),
              h(
                'span',
                { class: 'muted' },
                median === null
                  ? ''
                  : ` · usually ${withUnit(median, unit)} ± ${shortNumber(Number((mad ?? 0).toPrecision(2)))}`,
              ),
            ),
            h(
              'span',
              { class: 'muted' },
              `score ${shortNumber(score)}, weight ${shortNumber(weight)}${reason === undefined ? '' : `: ${reason.replaceAll('_', ' ')}`}`,
            ),
          ),
          drawn(drawEvidenceStrip({ signal, counts, width: STRIP_WIDTH, id: `signal-${index}` })),
        );
      }),
    ),
  );
}
