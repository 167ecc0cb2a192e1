import type { CheckReport, Sample } from '../../domain/verification/measurement.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { Objective } from '../../domain/plan/verification-clause.ts';
import { movementPlot, objectivePlot, type RemediationPlot } from '../../domain/plot/remediation-plots.ts';
import { planInForce } from '../../domain/ladder/plan-in-force.ts';
import { drawPlot } from '../../domain/plot/render-plot.ts';
import { elapsedLabel, withUnit } from '../../domain/plot/ticks.ts';
import { isGood, isWorse } from '../../domain/verification/verification-judgement.ts';
import { describeTolerance } from '../../domain/verification/verification-summary.ts';
import { badge } from '../parts/icon.ts';
import { panel } from '../parts/layout.ts';
import { plotSize } from '../parts/plot-size.ts';
import { data } from '../parts/text.ts';
import type { RemediationStatus } from '../types.ts';
import { drawn, h, type VNode } from '../element.ts';
import type { Tone } from '../words/labels.ts';
import { clock } from '../words/time.ts';
import type { Shown } from './models.ts';

const VERDICTS: Readonly<Partial<Record<string, readonly [string, Tone]>>> = {
  good: ['Cure proven', 'good'],
  bad: ['Not cured', 'bad'],
  inconclusive: ['Cannot be judged', 'calm'],
};

/** What was measured before and after the act, with the acts marked. */
export function verificationPanel({ detail }: Shown): VNode | false {
  const { status } = detail;
  const plot = status && objectivePlot(status);
  const plan = status && planInForce(status);
  const { verification, baseline, objective: found } = status ?? {};
  const hasChecks = (verification?.checks ?? baseline?.checks ?? []).length > 0;
  if (status === undefined || plan === undefined || (plot === undefined && !hasChecks)) return false;
  const { objective } = plan.verification;
  const [text, tone]: readonly [string, Tone] =
    verification === undefined
      ? ['Not yet judged', 'busy']
      : (VERDICTS[verification.verdict] ?? [verification.verdict, 'calm']);
  return panel(
    { id: 'verification', title: 'Verification', note: badge(text, tone) },
    // The panel above has said it where it is the fault.
    status.fault?.message !== verification?.summary || verification === undefined
      ? h(
          'p',
          { class: 'panel-line' },
          verification === undefined
            ? data(
                `Before the act: ${before(found?.text, plot && shown(baseline?.objective, plot.unit))}. What follows shows here when it has been judged.`,
                600,
              )
            : data(verification.summary, 600),
        )
      : undefined,
    plot !== undefined && figure(plot, 'objective', 250),
    verification !== undefined &&
      objective !== undefined &&
      verification.samples.length > 0 &&
      samplesTable(verification.samples, objective, plot?.origin),
    verification?.checks !== undefined && checksTable(verification.checks),
    verification !== undefined && neighbours(verification, plan),
  );
}

/** The number that the action moves, over time. */
export function movementPanel({ detail }: Shown): VNode | false {
  const { status } = detail;
  const plot = status && movementPlot(status);
  if (plot === undefined || status?.effect?.moved === undefined) return false;
  return panel({ id: 'movement', title: plot.title.slice(0, 120) }, figure(plot, 'moved', 170));
}

function figure(plot: RemediationPlot, id: string, height: number): VNode {
  return h(
    'figure',
    { class: 'plot-box' },
    drawn(drawPlot({ ...plot, width: plotSize.width, height, id })),
    plot.origin !== undefined &&
      h('figcaption', { class: 'muted' }, `Time is counted from the act, at ${clock(plot.origin)}.`),
  );
}

function samplesTable(samples: readonly Sample[], objective: Objective, origin: number | undefined): VNode {
  return h(
    'details',
    {},
    h('summary', {}, `The ${samples.length} newest samples as a table`),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Samples' },
      h(
        'table',
        { class: 'plain' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ['Time', 'Value', 'Verdict'].map((name) => h('th', { scope: 'col' }, name)),
          ),
        ),
        h(
          'tbody',
          {},
          samples.map((sample) =>
            h(
              'tr',
              {},
              h(
                'td',
                {},
                origin === undefined ? clock(sample.at * 1000) : elapsedLabel(sample.at * 1000 - origin, 1000),
              ),
              h('td', {}, data(shown(sample, objective.unit), 60)),
              h('td', {}, sample.status === 'unknown' ? 'unknown' : isGood(sample, objective) ? 'good' : 'not good'),
            ),
          ),
        ),
      ),
    ),
  );
}

/** Where there is no number, what was looked at is told in words. */
function before(text: string | undefined, value: string | undefined): string {
  return value ?? text ?? 'not looked at';
}

const LOOKS: Readonly<Record<string, readonly [string, Tone]>> = {
  holds: ['Holds', 'good'],
  fails: ['Does not hold', 'bad'],
  unknown: ['Unknown', 'calm'],
};

function checksTable(checks: readonly CheckReport[]): VNode {
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Conditions' },
    h(
      'table',
      { class: 'plain' },
      h('caption', {}, 'Conditions and probes, all of which must hold'),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ['Wanted', 'Before', 'After', 'Verdict'].map((name) => h('th', { scope: 'col' }, name)),
        ),
      ),
      h(
        'tbody',
        {},
        checks.map(({ name, before: first, after: last }) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, data(name, 200)),
            h('td', {}, data(first?.text ?? 'not looked at', 300)),
            h('td', {}, data(last?.text ?? 'not looked at', 300)),
            h('td', {}, badge(...(LOOKS[last?.status ?? 'unknown'] ?? ['Unknown', 'calm']))),
          ),
        ),
      ),
    ),
  );
}

function neighbours({ neighbours: found }: NonNullable<RemediationStatus['verification']>, plan: Plan): VNode | false {
  if (found.length === 0) return false;
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Neighbours' },
    h(
      'table',
      { class: 'plain' },
      h('caption', {}, 'Neighbours, which must not suffer'),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ['Signal', 'Before', 'After', 'Tolerance', 'Verdict'].map((name) => h('th', { scope: 'col' }, name)),
        ),
      ),
      h(
        'tbody',
        {},
        found.map(({ name, before, after }, index) => {
          const clause = plan.verification.neighbours[index];
          const unit = clause?.unit ?? '';
          const worse = clause !== undefined && isWorse(clause, before, after);
          const verdict: readonly [string, Tone] =
            after.status === 'unknown' ? ['Unknown', 'calm'] : worse ? ['Worse', 'bad'] : ['Well', 'good'];
          return h(
            'tr',
            {},
            h('th', { scope: 'row' }, data(name, 120)),
            h('td', {}, shown(before, unit)),
            h('td', {}, shown(after, unit)),
            h('td', {}, clause === undefined ? '' : describeTolerance(clause)),
            h('td', {}, badge(...verdict)),
          );
        }),
      ),
    ),
  );
}

function shown(sample: Sample | undefined, unit: string): string {
  if (sample === undefined) return 'not measured';
  return sample.status === 'known' ? withUnit(sample.value, unit) : `unknown (${sample.reason.replaceAll('_', ' ')})`;
}
