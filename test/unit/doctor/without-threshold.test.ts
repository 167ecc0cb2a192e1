import { expect, it } from 'vitest';
import { withoutThreshold } from '../../../src/domain/query/without-threshold.ts';

it.each([
  ['up == 0', 'up'],
  ['0.25 < sum by (pod) (rate(a[5m]))', 'sum by (pod) (rate(a[5m]))'],
  ['sum by (pod) (a) / sum by (pod) (b) > 0.25', 'sum by (pod) (a) / sum by (pod) (b)'],
  ['(a > 1) and on (pod) b', 'a'],
  ['a > 1 unless b', 'a'],
  ['a > 1 or b < 2', '(a) or (b)'],
  ['a{x="> 3"}', 'a{x="> 3"}'],
  ['a > bool 3', 'a > bool 3'],
  ['a == 1 # why', 'a'],
  ['-1 < a', 'a'],
  ['absent(up{job="x"})', 'absent(up{job="x"})'],
])('%s is asked as %s', (expr, asked) => {
  expect(withoutThreshold(expr)).toBe(asked);
});
