import { describe, expect, it } from 'vitest';
import type { ChangedDecision } from '../../../src/clients/policy/diff/diff-policies.ts';
import { distinct } from '../../../src/clients/policy/diff/tried-alerts.ts';
import { formatDiff } from '../../../src/cli/policy/format-diff.ts';
import { type PolicyAnswer, policyAnswerSchema } from '../../../src/domain/decision.ts';
import { consequenceOf } from '../../../src/domain/decision/consequence.ts';
import { differencesOf } from '../../../src/domain/decision/differences.ts';
import { aPlan } from '../../support/plans.ts';

const reject = (reason: string): PolicyAnswer => ({ verdict: 'reject', rule: '', reason });

describe('what an answer comes to', () => {
  const plan = aPlan();
  it.each([
    [{ verdict: 'plan', rule: 'r', plan, mode: 'auto' }, 'healed'],
    [{ verdict: 'plan', rule: 'r', plan: { ...plan, approval: {} }, mode: 'auto' }, 'asked'],
    [{ verdict: 'plan', rule: 'r', plan, mode: 'approve' }, 'asked'],
    [{ verdict: 'plan', rule: 'r', plan, mode: 'observe' }, 'watched'],
    [{ verdict: 'plan', rule: 'r', plan, mode: 'off' }, 'counted'],
    [{ verdict: 'observe', rule: 'r', plan }, 'watched'],
    [{ verdict: 'human', rule: 'r', reason: 'x' }, 'told'],
    [reject('x'), 'counted'],
  ] as const)('%j', (answer, expected) => {
    expect(consequenceOf(policyAnswerSchema.parse(answer))).toBe(expected);
  });
});

describe('differences', () => {
  it('are told by their path, with what is on either side', () => {
    expect(differencesOf({ a: { b: [1, 2] }, c: 'x' }, { a: { b: [1, 3] }, d: {} })).toEqual([
      { path: 'a.b.1', before: 2, after: 3 },
      { path: 'c', before: 'x', after: undefined },
      { path: 'd', before: undefined, after: '{}' },
    ]);
  });

  it('are none between builds of the same policy', () => {
    expect(differencesOf({ rule: 'a', policyRevision: '1' }, { rule: 'a', policyRevision: '2' })).toEqual([]);
    expect(differencesOf({ plan: { policyRevision: '1' } }, { plan: { policyRevision: '2' } })).toHaveLength(1);
  });
});

it('an alert that several sources name is tried once', () => {
  const labels = { b: '1', alertname: 'A' };
  const all = distinct([
    { labels, origin: 'rule' },
    { labels: { alertname: 'A', b: '1' }, origin: 'recorded' },
    { labels: { alertname: 'A', b: '2' }, origin: 'catalogue' },
  ]);
  expect(all.map(({ labels: { b }, origin }) => [b, origin])).toEqual([
    ['1', 'rule'],
    ['2', 'catalogue'],
  ]);
});

describe('the comment', () => {
  const changed = (name: string, before: PolicyAnswer, after: PolicyAnswer): ChangedDecision => {
    const answer = (one: PolicyAnswer) =>
      ({ consequence: consequenceOf(one), decision: { ...one, policyRevision: 'x' } }) as const;
    const differences = differencesOf(before, after);
    return { labels: { alertname: name }, origin: 'rule', before: answer(before), after: answer(after), differences };
  };

  it('holds no markup, no cell and no call for a person that a label or a reason brought', () => {
    const text = formatDiff({ tried: 1, changed: [changed('A|B<img>@everyone', reject('x'), reject('`y`\n| z |'))] });
    const row = text.split('\n').find((line) => line.includes('everyone')) ?? '';
    expect(row.split(' | ')).toHaveLength(4);
    for (const raw of ['<img>', '@everyone', '`y`', '| z']) expect(text).not.toContain(raw);
  });

  it('begins with what reaches furthest, and says how many it leaves out', () => {
    const acts = policyAnswerSchema.parse({ verdict: 'plan', rule: 'r', plan: aPlan(), mode: 'auto' });
    const many = Array.from({ length: 120 }, (_, index) => changed(`Quiet${index}`, reject('x'), reject('y')));
    const text = formatDiff({ tried: 200, changed: [...many, changed('Acted', reject('x'), acts)] });
    expect(text.split('\n').find((line) => line.startsWith('| <code>'))).toContain('Acted');
    expect(text).toContain('And 21 more');
    expect(text.length).toBeLessThan(65_536);
  });
});
