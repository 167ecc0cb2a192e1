import { describe, expect, it } from 'vitest';
import { freshnessProbe, isFresh, reachesBackTo, readFreshness } from '../../../src/domain/query/promql-freshness.ts';
import { analyzeQuery } from '../../../src/domain/query/promql.ts';

const { selectors } = analyzeQuery('a{b="c"} / sum(rate(d[1m]))');
const series = (label: string, value: number) => ({ metric: { selector: label }, value: { at: 1000, value } });

it('asks for the oldest of an instant selector, the newest of a range, and the time', () => {
  const probe = freshnessProbe(selectors);
  expect(probe).toBe(
    'label_replace(vector(time()), "selector", "now", "", "")' +
      ' or label_replace(min(timestamp(a{b="c"})), "selector", "0", "", "")' +
      ' or label_replace(max(timestamp(d)), "selector", "1", "", "")',
  );
  expect(analyzeQuery(probe).selectors).toHaveLength(2);
});

it('reads the answer, whatever the order, and knows a selector without a living series', () => {
  expect(readFreshness([series('1', 995), series('now', 1000), series('0', 990)], selectors)).toEqual({
    at: 1000,
    newest: [990, 995],
  });
  expect(readFreshness([series('now', 1000), series('1', 995)], selectors)).toEqual({
    at: 1000,
    newest: [undefined, 995],
  });
  expect(readFreshness([series('0', 990)], selectors)).toBeUndefined();
});

describe('a value', () => {
  it('is fresh if each selector is', () => {
    expect(isFresh({ at: 1000, newest: [990, 995] }, 10)).toBe(true);
    expect(isFresh({ at: 1000, newest: [989.9, 995] }, 10)).toBe(false);
    expect(isFresh({ at: 1000, newest: [undefined, 995] }, 10)).toBe(false);
  });

  it.each([
    ['a', [997], 997],
    ['rate(a[1m])', [997], 940],
    ['rate(a[1m]) + b', [999, 930], 930],
    ['rate(a[1m]) + b', [999, 998], 940],
    ['a offset 1m', [997], 930],
    ['max_over_time(a[1m:1s])', [997], 930],
    ['max_over_time(rate(a[30s])[1m:1s])', [997], 910],
  ])('of %s with samples at %j tells of %s on', (expr, newest, earliest) => {
    expect(reachesBackTo(analyzeQuery(expr).selectors, { at: 1000, newest }, 10)).toBe(earliest);
  });
});
