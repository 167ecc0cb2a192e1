import { describe, expect, it } from 'vitest';
import {
  describeFreshness,
  type Freshness,
  freshnessOf,
  freshnessProbe,
  reachesBackTo,
  readFreshness,
} from '../../../src/domain/query/promql-freshness.ts';
import { analyzeQuery } from '../../../src/domain/query/promql.ts';

const analysis = analyzeQuery('a{b="c"} / sum(rate(d[1m]))');
const { selectors } = analysis;
const series = (label: string, value: number) => ({ metric: { selector: label }, value: { at: 1000, value } });
/** `gone`: no living series; `remembered`: nor that, but samples in the window. */
function seen(...newest: (number | 'gone' | 'remembered')[]): Freshness {
  return {
    at: 1000,
    newest: newest.map((time) => (typeof time === 'number' ? time : undefined)),
    remembered: new Set(newest.flatMap((time, index) => (time === 'remembered' ? [index] : []))),
  };
}

describe('the probe', () => {
  it('asks for the oldest of an instant selector, the newest of a range, and the time', () => {
    const probe = freshnessProbe(analysis);
    expect(probe).toBe(
      'label_replace(vector(time()), "selector", "now", "", "")' +
        ' or label_replace(min(timestamp(a{b="c"})), "selector", "0", "", "")' +
        ' or label_replace(max(timestamp(d)), "selector", "1", "", "")',
    );
    expect(analyzeQuery(probe).selectors).toHaveLength(2);
  });

  it.each([
    ['(sum(rate(d[1m])) or vector(0)) / e', false, ['d[60000ms]']],
    ['(sum(rate(d[500ms] offset 1m)) or vector(0)) / e', false, ['d[60500ms]']],
    ['e or vector(0)', false, []],
    ['(e offset 1m) or vector(0)', false, ['e[360000ms]']],
    ['sum(rate(d[1m])) / sum(rate(e[1m]))', false, []],
    ['sum(rate(d[1m])) / sum(rate(e[1m]))', true, ['d[60000ms]', 'e[60000ms]']],
  ])('of %s, which may be empty: %s, asks what is in the windows %j', (expr, mayBeEmpty, windows) => {
    const probe = freshnessProbe(analyzeQuery(expr), { mayBeEmpty });
    expect([...probe.matchAll(/present_over_time\((\S+)\)\)/g)].map(([, window]) => window)).toEqual(windows);
    expect(() => analyzeQuery(probe)).not.toThrow();
  });

  it('is read, whatever the order, and knows a selector without a living series, and what is left of it', () => {
    expect(readFreshness([series('1', 995), series('now', 1000), series('0', 990)], selectors)).toEqual(seen(990, 995));
    expect(readFreshness([series('now', 1000), series('1', 995)], selectors)).toEqual(seen('gone', 995));
    const left = [series('now', 1000), series('0', 990), series('window 1', 1), series('window 0', 1)];
    expect(readFreshness(left, selectors)).toEqual({ at: 1000, newest: [990, undefined], remembered: new Set([0, 1]) });
    expect(readFreshness([series('0', 990)], selectors)).toBeUndefined();
  });
});

describe('a value', () => {
  it.each<[string, Freshness, string]>([
    ['a / sum(rate(b[1m]))', seen(990, 995), 'fresh'],
    ['a / sum(rate(b[1m]))', seen(989.9, 995), 'stale'],
    ['a / sum(rate(b[1m]))', seen('gone', 995), 'gone'],
    ['a / sum(rate(b[1m]))', seen('gone', 900), 'stale'],
    // Counters that exist only while something is wrong.
    ['(sum(rate(a[1m])) or vector(0)) / sum(rate(b[1m]))', seen('gone', 995), 'fresh'],
    ['(sum(rate(a[1m])) or vector(0)) / sum(rate(b[1m]))', seen('remembered', 995), 'stale'],
    ['(sum(rate(a[1m])) or vector(0)) / sum(rate(b[1m]))', seen(900, 995), 'stale'],
    ['(sum(rate(a[1m])) or vector(0)) / sum(rate(b[1m]))', seen(995, 'gone'), 'gone'],
    ['(sum(rate(a[1m])) / sum(rate(b[1m]))) or on() vector(0)', seen('gone', 'gone'), 'fresh'],
    ['clamp_max(sum(rate(a[1m])) or vector(0), 1) + on() b', seen('gone', 995), 'fresh'],
    ['-(a or vector(0)) * b', seen('gone', 995), 'fresh'],
    ['max_over_time((a or vector(0))[1m:1s])', seen('gone'), 'fresh'],
    ['(a or b * 0) / b', seen('gone', 995), 'fresh'],
    ['(a or b * 0) / b', seen(995, 'gone'), 'gone'],
    // A metric that changed its name.
    ['a or b', seen('gone', 995), 'fresh'],
    ['a or b', seen(995, 'gone'), 'fresh'],
    ['a or b', seen('gone', 'gone'), 'gone'],
    ['a or b', seen(995, 900), 'stale'],
    ['a or b # c', seen('gone', 'gone'), 'gone'],
    ['a # b\nor # c\nvector(0)', seen('gone'), 'fresh'],
    // Operands that are filled.
    ['a / fill(0) b', seen('gone', 995), 'fresh'],
    ['a / fill(0) b', seen('gone', 'gone'), 'gone'],
    ['a / fill_left(0) b', seen('gone', 995), 'fresh'],
    ['a / fill_left(0) b', seen(995, 'gone'), 'gone'],
    ['a / fill_right(1) b', seen(995, 'gone'), 'fresh'],
    ['a / fill_right(1) b', seen('gone', 995), 'gone'],
    // Absence.
    ['a unless on() b', seen(995, 'gone'), 'fresh'],
    ['a unless on() b', seen('gone', 995), 'gone'],
    ['a unless on() b', seen(995, 900), 'stale'],
    ['absent(a)', seen('gone'), 'fresh'],
    ['absent_over_time(a[1m])', seen('gone'), 'fresh'],
    ['absent_over_time(a[1m])', seen('remembered'), 'stale'],
    ['absent(a) * b', seen('gone', 'gone'), 'gone'],
    ['a and on() (b or vector(1))', seen(995, 'gone'), 'fresh'],
  ])('of %s, where the probe saw %j, is %s', (expr, freshness, expected) => {
    expect(freshnessOf(analyzeQuery(expr), freshness, 10)).toBe(expected);
  });

  it.each<[string, Freshness, number]>([
    ['a', seen(997), 997],
    ['rate(a[1m])', seen(997), 940],
    ['rate(a[1m]) + b', seen(999, 930), 930],
    ['rate(a[1m]) + b', seen(999, 998), 940],
    ['a offset 1m', seen(997), 930],
    ['max_over_time(a[1m:1s])', seen(997), 930],
    ['max_over_time(rate(a[30s])[1m:1s])', seen(997), 910],
    // That nothing is there was seen with the others, or is taken to be known as late as is still fresh.
    ['(a or vector(0)) / b', seen('gone', 997), 997],
    ['a or vector(0)', seen('gone'), 990],
    ['sum(rate(a[1m])) or vector(0)', seen('gone'), 940],
  ])('of %s, where the probe saw %j, tells of %s on', (expr, freshness, earliest) => {
    expect(reachesBackTo(analyzeQuery(expr).selectors, freshness, 10)).toBe(earliest);
  });
});

describe('for people', () => {
  it.each<[string, Freshness, string | undefined]>([
    ['a{b="c"} / d', seen('gone', 995), 'no series a{b="c"}'],
    ['a{b="c"} / d', seen('gone', 900), 'no series a{b="c"}; newest sample of d is 100 s old'],
    ['(a or vector(0)) / d', seen('gone', 'gone'), 'no series d'],
    ['a or d', seen('gone', 'gone'), 'no series a; no series d'],
    ['rate(a[1m]) or d', seen('remembered', 995), 'no series a any more, and a window still holds it'],
    ['a / d', seen(995, 995), undefined],
  ])('%s, where the probe saw %j, lacks: %s', (expr, freshness, expected) => {
    expect(describeFreshness(analyzeQuery(expr), freshness, 10)).toBe(expected);
  });
});
