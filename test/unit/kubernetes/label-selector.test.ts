import { expect, it } from 'vitest';
import { labelSelector } from '../../../src/clients/kubernetes/label-selector.ts';

it('writes a selector as the query of the API has it', () => {
  expect(
    labelSelector({
      matchLabels: { app: 'api', 'app.kubernetes.io/part-of': 'shop' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['web', 'edge'] },
        { key: 'track', operator: 'NotIn', values: ['canary'] },
        { key: 'team', operator: 'Exists' },
        { key: 'legacy', operator: 'DoesNotExist' },
      ],
    }),
  ).toBe('app=api,app.kubernetes.io/part-of=shop,tier in (web,edge),track notin (canary),team,!legacy');
  expect(labelSelector({})).toBe('');
});

it('does not guess at an operator that it does not know', () => {
  const selector = { matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['3'] }] };
  expect(() => labelSelector(selector)).toThrow('a selector by Gt is not known here');
});
