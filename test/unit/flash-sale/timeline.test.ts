import { describe, expect, it } from 'vitest';
import { plainPaint } from '../../../examples/runner/report/paint.ts';
import { cellAt, sparkline } from '../../../examples/flash-sale/report/sparkline.ts';
import { tellStory } from '../../../examples/flash-sale/report/story.ts';
import { renderTimeline } from '../../../examples/flash-sale/report/timeline.ts';

const seriesOf = (values: readonly number[]) => values.map((value, second) => ({ at: second * 1000, value }));
const barsOf = (cells: ReturnType<typeof sparkline>) => cells.map(({ bar }) => bar).join('');

describe('sparkline', () => {
  it('goes from nothing to its own maximum', () => {
    const cells = sparkline({ series: seriesOf([0, 1, 2, 4, 7]), from: 0, to: 5000, maxCells: 60 });
    expect(barsOf(cells)).toBe('▁▂▃▅█');
  });

  it('leaves a gap where nothing was measured, and is flat where all is zero', () => {
    const gap = sparkline({
      series: [
        { at: 0, value: 1 },
        { at: 2000, value: 1 },
      ],
      from: 0,
      to: 3000,
      maxCells: 60,
    });
    expect(barsOf(gap)).toBe('█ █');
    expect(barsOf(sparkline({ series: seriesOf([0, 0]), from: 0, to: 2000, maxCells: 60 }))).toBe('▁▁');
  });

  it('never loses a peak when it has fewer cells than seconds', () => {
    const cells = sparkline({ series: seriesOf([0, 0, 0, 9, 0, 0]), from: 0, to: 6000, maxCells: 3 });
    expect(barsOf(cells)).toBe('▁█▁');
  });

  it('knows the cell of a moment, within its ends', () => {
    const cells = sparkline({ series: [], from: 10_000, to: 20_000, maxCells: 5 });
    expect([cellAt(cells, 0), cellAt(cells, 10_000), cellAt(cells, 13_999), cellAt(cells, 99_000)]).toEqual([
      0, 0, 1, 4,
    ]);
  });
});

describe('renderTimeline', () => {
  const happenings = tellStory(
    { surge: 2000, detected: 4000, webhook: 4100, scaled: 4200, verified: 7000, closed: 7500 },
    {
      rates: { usual: 30, surge: 120 },
      replicas: { before: 2, peak: 5 },
      decision: 'Decided',
      finding: 'p95 is good',
      ending: 'Ended as remediated',
    },
  );

  it('marks what happened below the plot, and tells it in order with seconds since the surge', () => {
    const text = renderTimeline(
      {
        title: 'ok: cured',
        report: {
          scenario: 'ok',
          outcome: 'remediated',
          fault: null,
          workerKilled: false,
          replicas: { before: 2, peak: 5, after: 5 },
          p95Seconds: { before: 0.03, worst: 1.4, after: null },
          seconds: {
            surgeToDetected: 2,
            surgeToWebhook: 2.1,
            surgeToDecided: 2.2,
            webhookToScaled: 0.1,
            scaledToReady: null,
            surgeToVerified: 5,
          },
          workflowId: 'w',
          historyEvents: 42,
          notified: [],
        },
        happenings,
        p95: seriesOf([0, 0, 0.2, 1.4, 1.4, 0.7, 0, 0]),
        objective: 0.2,
        surge: 2000,
        lostOrders: 17,
      },
      plainPaint,
    );
    expect(text.split('\n')).toEqual([
      '',
      '  ok: cured',
      '',
      '  p95  ▁▁▂██▅▁▁',
      '         a b  e',
      '',
      '      0.0 s  a  The flash sale begins: 30 -> 120 orders a second',
      '      2.0 s  b  Detected: the alert fires',
      '      2.1 s  c  Alertmanager calls the webhook; the remediation is durable',
      '      2.2 s  d  Scaled: 2 -> 5 replicas',
      '      5.0 s  e  Verified: p95 is good',
      '      5.5 s  f  Ended as remediated',
      '',
      '  remediated | replicas 2 -> 5 -> 5 | p95 30 ms -> 1.40 s -> unknown | 17 orders lost | 42 history events',
      '',
    ]);
  });
});
