import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RemediationStatus } from '../../../src/domain/remediation/remediation.ts';
import { drawEvidenceStrip } from '../../../src/domain/plot/evidence-strip.ts';
import { timeAxis, valueAxis } from '../../../src/domain/plot/axes.ts';
import { markup, toText } from '../../../src/domain/plot/markup.ts';
import type { PlotInput } from '../../../src/domain/plot/plot-input.ts';
import { movementPlot, objectivePlot, type RemediationPlot } from '../../../src/domain/plot/remediation-plots.ts';
import { paletteOf } from '../../../src/domain/plot/palette.ts';
import { renderPlot } from '../../../src/domain/plot/render-plot.ts';
import { elapsedLabel, niceStep, shortNumber, timeStep } from '../../../src/domain/plot/ticks.ts';
import { aDecision, aPlannedChange } from '../../support/plans.ts';
import { anEffect, aPlannedSweep } from '../../support/changes.ts';

const T0 = 1_767_225_600_000;
const plot = (overrides: Partial<PlotInput> = {}): PlotInput => ({
  ...{ title: 'p95 latency', unit: 's', width: 720, height: 240 },
  series: [
    {
      name: 'p95 latency',
      points: [1.9, 1.8, null, 0.2, 0.14].map((value, index) => ({ at: T0 + (index - 1) * 1000, value })),
    },
  ],
  threshold: { value: 0.2, label: 'objective ≤ 0.2 s', good: 'below' },
  marks: [{ at: T0, label: 'act: 2 → 5' }],
  ...overrides,
});
const count = (text: string, what: RegExp) => [...text.matchAll(what)].length;

/** Well-formed enough that nothing of it can be taken for something else: every tag closed, every text escaped. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, closing, tag = '', selfClosing] of svg.matchAll(/<(\/?)([a-z]+)(?:\s+[\w:-]+="[^"<>]*")*\s*(\/?)>/g)) {
    if (closing === '/') expect(open.pop()).toBe(tag);
    else if (selfClosing !== '/') open.push(tag);
  }
  expect(open).toEqual([]);
  const texts = svg.replace(/<\/?[a-z]+(?:\s+[\w:-]+="[^"<>]*")*\s*\/?>/g, '');
  expect(texts).not.toMatch(/[<>]/);
  expect(texts.replace(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
}

describe('renderPlot', () => {
  it('draws a sign for each value, by its side of the limit, and breaks the line where nothing is known', () => {
    const svg = renderPlot(plot());
    expectWellFormed(svg);
    // One of each is the legend's.
    expect(count(svg, /plot-sign plot-good/g)).toBe(2 + 1);
    expect(count(svg, /plot-sign plot-bad/g)).toBe(2 + 1);
    expect(count(svg, /class="plot-unknown"/g)).toBe(1 + 1);
    const [, path = ''] = /<path d="([^"]*)" fill="none" stroke="[^"]*" stroke-width="2"/.exec(svg) ?? [];
    expect(count(path, /M/g)).toBe(2);
    expect(count(path, /L/g)).toBe(2);
  });

  it('takes the limit itself for good only where it is', () => {
    const at = (inclusive: boolean) => {
      const threshold = { value: 0.2, label: 'limit', good: 'below', inclusive } as const;
      return count(renderPlot(plot({ threshold })), /plot-sign plot-good/g);
    };
    expect([at(true), at(false)]).toEqual([2 + 1, 1 + 1]);
  });

  it.each(['light', 'dark', 'inherit'] as const)(
    'shows in %s what is unknown in grey, and a legend says so',
    (theme) => {
      const { unknown, bad, good } = paletteOf({ theme });
      const [red = 0, green = 0, blue = 0] = (unknown.match(/[0-9a-f]{2}/g) ?? []).map((part) => parseInt(part, 16));
      expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThan(40);
      for (const value of [[null], [0.1, null, 3], [Infinity, 1]]) {
        const points = value.map((one, index) => ({ at: T0 + index, value: one }));
        const svg = renderPlot(plot({ theme, series: [{ name: 'x', points }] }));
        const [sign = ''] = /<path [^>]*class="plot-unknown">/.exec(svg) ?? [];
        expect(sign).toContain(`stroke="${unknown}"`);
        expect(sign).not.toContain(bad);
        expect(sign).not.toContain(good);
        for (const word of ['good', 'not good', 'unknown']) expect(svg).toContain(`>${word}</text>`);
      }
      expect(renderPlot(plot({ theme, threshold: undefined }))).not.toContain('>not good</text>');
    },
  );

  it('says the unit along the axis, so that all plots have the same left edge', () => {
    const left = (unit: string, points: PlotInput['series'][number]['points']) =>
      /<line x1="([\d.]+)"[^>]*class="plot-grid"/.exec(
        renderPlot(plot({ unit, series: [{ name: 'x', points }] })),
      )?.[1];
    const at = T0;
    expect(
      new Set([left('s', []), left('', [{ at, value: 7 }]), left('requests/s', [{ at, value: 98_765 }])]).size,
    ).toBe(1);
    expect(renderPlot(plot({ unit: 'requests/s' }))).toContain('>requests/s</text>');
  });

  it('says in words what it shows', () => {
    const [, words = ''] = /<desc[^>]*>([^<]*)</.exec(renderPlot(plot())) ?? [];
    expect(words).toBe(
      'Wanted: objective ≤ 0.2 s. p95 latency: 5 values, 1.9 s at first and 0.14 s at last, from 0.14 s to 1.9 s, ' +
        '1 unknown; as wanted for the first time at 2 s. Marks: act: 2 → 5 at 0 s.',
    );
  });

  it('counts time from the act, later values to the right and larger ones above', () => {
    const svg = renderPlot(plot());
    expect(svg).toMatch(/>0<\/text>/);
    expect(svg).toMatch(/>\+1 s<\/text>/);
    const circles = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="(?:4|3.5)"[^/]*><title>/g)].map(
      ([, x, y]) => [Number(x), Number(y)],
    );
    expect(circles.map(([x]) => x)).toEqual(circles.map(([x]) => x).toSorted((a = 0, b = 0) => a - b));
    expect(circles[0]?.[1]).toBeLessThan(circles.at(-1)?.[1] ?? 0);
  });

  it('keeps the labels of marks apart', () => {
    const marks = [0, 10, 20].map((ms) => ({ at: T0 + ms, label: `mark ${ms}` }));
    const rows = [...renderPlot(plot({ marks })).matchAll(/y="([\d.]+)" text-anchor="start"[^>]*>mark/g)].map(
      ([, y]) => y,
    );
    expect(new Set(rows).size).toBe(3);
  });

  it('draws nothing but a sentence where nothing was measured', () => {
    const svg = renderPlot(plot({ series: [], marks: [] }));
    expectWellFormed(svg);
    expect(svg).toContain('>Nothing was measured.</text>');
  });

  it('brings a ground of its own for pictures, and takes the page’s colour otherwise', () => {
    expect(renderPlot(plot())).toContain('fill="currentColor"');
    const picture = renderPlot(plot({ theme: 'dark', heading: true }));
    expect(picture).not.toContain('currentColor');
    expect(picture).toMatch(/<rect width="720" height="240" fill="#[0-9a-f]{6}"\/>/);
    expect(picture).toContain('>p95 latency</text>');
  });

  it('tells several series by dashes and names them', () => {
    const [first] = plot().series;
    const svg = renderPlot(plot({ series: [first!, { ...first!, name: 'payment-gateway' }] }));
    expect(svg).toContain('>payment-gateway</text>');
    expect(new Set([...svg.matchAll(/stroke-dasharray="([^"]*)"/g)].map(([, dash]) => dash)).size).toBeGreaterThan(1);
  });

  it('is well-formed, finite and bounded whatever it is given', () => {
    const number = fc.oneof(fc.double(), fc.constant(0), fc.integer());
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constant('</svg><script>'),
      fc.constant("\"><a onload='x'&\u202e"),
    );
    const input = fc.record({
      ...{ title: text, unit: text, width: number, height: number },
      series: fc.array(
        fc.record({
          name: text,
          points: fc.array(fc.record({ at: number, value: fc.option(number) }), { maxLength: 20 }),
        }),
        { maxLength: 3 },
      ),
      threshold: fc.option(
        fc.record({ value: number, label: text, good: fc.constantFrom('below' as const, 'above' as const) }),
        { nil: undefined },
      ),
      marks: fc.array(fc.record({ at: number, label: text }), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(input, ({ width, height, ...rest }) => {
        const size = (given: number) => (Number.isFinite(given) ? Math.min(Math.abs(given), 2000) : 300);
        const svg = renderPlot({ ...rest, width: size(width), height: size(height) });
        expectWellFormed(svg);
        expect(svg).not.toMatch(/="[^"]*(?:NaN|Infinity|undefined)/);
        expect(svg).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
        expect(svg.length).toBeLessThan(100_000);
      }),
    );
  });
});

describe('a strip of the evidence', () => {
  const signal = {
    name: 'p95',
    unit: 's',
    value: 1.9,
    median: 0.14,
    mad: 0.02,
    deviations: 59,
    score: 1,
    weight: 2,
    samples: 50,
  };
  const strip = (deviations: number | null) =>
    toText(drawEvidenceStrip({ signal: { ...signal, deviations }, counts: { from: 2, full: 6 }, width: 300 }));

  it('points to where the signal stood, and past the end where it is far out', () => {
    const x = (svg: string) => Number(/<path d="M([\d.]+)/.exec(svg)?.[1]);
    expect(x(strip(0))).toBeLessThan(x(strip(3)));
    expect(x(strip(3))).toBeLessThan(x(strip(6)));
    expect(x(strip(1000))).toBeLessThanOrEqual(300);
    expect(strip(null)).not.toContain('<path');
    expectWellFormed(strip(59));
    expect(strip(59)).toContain('p95: 1.9 s, usually 0.14 s, 59 deviations from usual');
  });
});

describe('plots of a remediation', () => {
  const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();
  const sample = (seconds: number, value: number) => ({ at: T0 / 1000 + seconds, status: 'known' as const, value });
  const status: RemediationStatus = {
    ...{ step: 'ended', outcome: 'remediated', summary: 'cured', alertResolved: true, notified: [] },
    ...{ decision: aDecision(), planned: aPlannedChange(), effect: anEffect() },
    baseline: { objective: sample(0, 1.9), neighbours: [] },
    verification: {
      ...{ verdict: 'good', summary: 'cured', samplesTaken: 3, neighbours: [] },
      ...{ before: sample(0, 1.9), after: sample(5, 0.14), samples: [sample(3, 0.8), sample(4, 0.2), sample(5, 0.14)] },
    },
    observed: { at: at(2), text: '5 ready replicas', readings: [] },
    lease: [
      { at: at(60), from: 5, to: 4, reason: 'fits', result: 'kept', summary: '' },
      { at: at(90), from: 4, to: 3, reason: 'fits', result: 'hurt', summary: '' },
    ],
    timeline: [
      { at: at(-1), step: 'preparing', text: '' },
      { at: at(-0.5), step: 'acting', text: '' },
      { at: at(2), step: 'verifying', text: '' },
      { at: at(5.5), step: 'watching', text: '' },
      { at: at(100), step: 'ended', text: '' },
    ],
  };

  it('share one time axis and the marks of what was done', () => {
    const { lease: _, ...rest } = status;
    const undone: RemediationStatus = {
      ...rest,
      compensation: { status: 'restored', text: 'Put back 5 -> 2' },
      timeline: [...rest.timeline.slice(0, 3), { at: at(40), step: 'compensating', text: '' }],
    };
    for (const one of [status, undone]) {
      const [objective, moved] = [objectivePlot(one)!, movementPlot(one)!];
      const axis = (of: RemediationPlot) => timeAxis(of, { origin: of.origin ?? 0, pixels: 600 });
      expect(axis(moved)).toEqual(axis(objective));
      expect(moved.marks).toEqual(objective.marks);
      expect(moved.origin).toBe(objective.origin);
    }
    const kinds = objectivePlot(undone)?.marks.map(({ kind }) => kind);
    expect(kinds).toEqual(['act', 'note', 'undo']);
    expect(objectivePlot(undone)?.times).toEqual({ low: T0, high: T0 + 40_000 });
    // An hour until somebody had said yes is no part of it.
    const late = { ...undone, timeline: [{ at: at(-3600), step: 'deciding' as const, text: '' }, ...undone.timeline] };
    expect(movementPlot(late)?.times).toEqual({ low: T0, high: T0 + 40_000 });
  });

  it('the objective: from before the act to the last sample, with the limit and what was done', () => {
    expect(objectivePlot(status)).toMatchObject({
      ...{ title: 'p95 latency', unit: 's', origin: T0 },
      threshold: { value: 0.2, label: 'objective ≤ 0.2 s', good: 'below', inclusive: true },
      series: [{ points: [{ value: 1.9 }, { value: 0.8 }, { value: 0.2 }, { at: T0 + 5000, value: 0.14 }] }],
    });
    expect(objectivePlot(status)?.marks.slice(0, 3)).toMatchObject([
      { at: T0, label: 'act: 2 → 5' },
      { label: 'in effect' },
      { label: 'cured' },
    ]);
  });

  it('what the action moves: every step of the act and of its lease', () => {
    const moved = movementPlot(status);
    expect(moved).toMatchObject({ title: 'Replicas', unit: '', series: [{ name: 'replicas' }] });
    expect(moved?.series[0]?.points.map(({ value }) => value)).toEqual([2, 5, 4, 4, 4]);
    expect(moved?.marks.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['lease: 5 → 4', 'lease: 3 hurt, back to 4']) as string[],
    );
  });

  it('what the action moves: back again after an undo, with the name and unit that the action gives it', () => {
    const { lease: _, ...rest } = status;
    const moved = { name: 'Pods on the node', before: 12, after: 0, unit: 'Pods' };
    const plot = movementPlot({
      ...rest,
      effect: anEffect({ moved }),
      compensation: { status: 'restored', text: 'Uncordoned' },
      timeline: [...rest.timeline.slice(0, 3), { at: at(20), step: 'compensating', text: '' }],
    });
    expect(plot).toMatchObject({ title: 'Pods on the node', unit: 'Pods' });
    expect(plot?.series[0]?.points.map(({ value }) => value)).toEqual([12, 0, 12, 12]);
    expect(plot?.marks[0]?.label).toBe('act: 12 → 0 Pods');
  });

  it('what the action moves: none where it moves no number', () => {
    const { lease: _, ...rest } = status;
    const effect = { changed: true, text: 'Swept worker-1', handle: {} };
    const swept = { ...rest, planned: aPlannedSweep(), effect };
    expect(movementPlot(swept)).toBeUndefined();
    expect(objectivePlot(swept)?.marks[0]?.label).toBe('act');
  });

  it('are none where nothing was measured or planned', () => {
    const { baseline: _, verification: __, ...bare } = status;
    expect(objectivePlot(bare)).toBeUndefined();
    expect(movementPlot({ ...status, timeline: [] })).toBeUndefined();
    const rejected = { verdict: 'reject', rule: '', reason: 'no', policyRevision: 'x' } as const;
    expect(objectivePlot({ ...status, decision: rejected })).toBeUndefined();
  });
});

describe('axes', () => {
  const series = (...values: number[]) => [
    { name: 'x', points: values.map((value, index) => ({ at: T0 + index * 1000, value })) },
  ];

  it.each([
    [[1.9, 0.14], 2],
    [[2], 3],
    [[2, 5], 6],
    [[0.3], 0.4],
    [[97], 100],
    [[100], 120],
    [[1e-7], 1.2e-7],
    [[0], 1],
    [[-3, -1], 0],
    [[5e-324], 1],
  ])('of the values %j end at the round number %d, past all of them', (values, end) => {
    const { high, low, ticks } = valueAxis({ series: series(...values) }, 130);
    expect(high).toBe(end);
    expect(ticks.at(-1)).toBe(high);
    expect(ticks[0]).toBe(low);
  });

  it('end at labels, past every value, limit, moment and mark, whatever these are', () => {
    const number = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    const pixels = fc.integer({ min: 60, max: 2000 });
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 9 }), number, pixels, (values, limit, size) => {
        const threshold = { value: limit, label: 'limit', good: 'below' } as const;
        const { low, high, ticks } = valueAxis({ series: series(...values), threshold }, size);
        const [least, most] = [Math.min(0, limit, ...values), Math.max(0, limit, ...values)];
        expect(low < least || (least === 0 && low === 0)).toBe(true);
        expect(high > most || (most === 0 && high === 0)).toBe(true);
        expect([ticks[0], ticks.at(-1)]).toEqual([low, high]);
        expect(ticks.length).toBeLessThanOrEqual(Math.max(2, size / 26) + 3);

        const marks = [{ at: T0 + limit, label: 'act' }];
        const axis = timeAxis({ series: series(...values), marks }, { origin: T0, pixels: size })!;
        expect(axis.low).toBeLessThan(Math.min(0, limit));
        expect(axis.high).toBeGreaterThan(Math.max((values.length - 1) * 1000, limit));
        expect([axis.ticks[0], axis.ticks.at(-1)]).toEqual([axis.low, axis.high]);
      }),
    );
  });

  it('count whole things in whole numbers', () => {
    expect(valueAxis({ series: series(1, 2) }, 400).ticks).toEqual([0, 1, 2, 3]);
  });
});

it('steps are round', () => {
  expect([niceStep(0, 2.1, 4), niceStep(0, 0.3, 4), niceStep(0, 7000, 3)]).toEqual([1, 0.1, 5000]);
  expect([timeStep(-3000, 12_500, 7), timeStep(0, 0, 7), timeStep(0, 86_400_000, 4)]).toEqual([5000, 1000, 21_600_000]);
  expect(elapsedLabel(-90_000, 30_000)).toBe('−90 s');
  expect(elapsedLabel(7_200_000, 3_600_000)).toBe('+2 h');
});

it.each([
  [0, '0'],
  [0.14159, '0.142'],
  [1250, '1250'],
  [12_500, '12.5k'],
  [2_500_000, '2.5M'],
  [-3, '−3'],
  [1e-9, '1e-9'],
])('the number %d reads %s', (value, text) => {
  expect(shortNumber(value)).toBe(text);
});

it('markup escapes whatever it is given, attributes too', () => {
  expect(toText(markup('a', { href: '"><x>', skip: undefined }, ['<&\'">\u0000']))).toBe(
    '<a href="&quot;&gt;&lt;x&gt;">&lt;&amp;&#39;&quot;&gt;\ufffd</a>',
  );
});
