import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { promotion, REQUIREMENTS } from '../../../src/domain/promotion/promotion.ts';
import { nextStage, stageNames, stageOf } from '../../../src/domain/promotion/stage.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import { many, past } from './past.ts';

const missing = (from: (typeof stageNames)[number], evidence: ReturnType<typeof many>) =>
  promotion({ from, evidence }).missing;

describe('from observe', () => {
  it('wants a rule to have been seen to decide', () => {
    const observed = { outcome: 'observed', mode: 'observe' } as const;
    expect(missing('observe', many(9, observed))).toEqual(['would have acted 9 times, 10 wanted']);
    expect(promotion({ from: 'observe', evidence: many(10, observed) })).toEqual({
      ...{ from: 'observe', to: 'approve', enough: true, missing: [] },
    });
    // Held back for want of evidence, or already further: not what is asked.
    expect(promotion({ from: 'observe', evidence: many(50, { ...observed, mode: 'auto' }) }).enough).toBe(false);
    expect(promotion({ from: 'observe', evidence: many(50) }).enough).toBe(false);
  });
});

describe('from approve', () => {
  it('is enough after twenty cures in a row', () => {
    expect(missing('approve', many(20))).toEqual([]);
    expect(missing('approve', many(19))).toContain('acted 19 times in mode approve or auto, 20 wanted');
  });

  it('is not enough with one failure in twenty, and is with one in twenty-eight if it is old', () => {
    const failure = past({ outcome: 'rolled_back' });
    expect(missing('approve', [failure, ...many(19)])).toEqual([
      'cured 19 of 20 shows no more than 80.3 % with 95 % confidence, 85 % wanted',
    ]);
    expect(missing('approve', [failure, ...many(27)])).toEqual([]);
    expect(missing('approve', [...many(30), past({ outcome: 'rolled_back' })])).toEqual([
      'of the newest 10 that acted in mode approve or auto, 1 were not cured, none may be',
    ]);
  });

  it.each(['rolled_back', 'escalated', 'cancelled'] as const)('counts %s among the newest against it', (outcome) => {
    expect(promotion({ from: 'approve', evidence: [...many(90), past({ outcome })] }).enough).toBe(false);
    expect(promotion({ from: 'approve', evidence: [past({ outcome }), ...many(90)] }).enough).toBe(true);
  });

  it('listens to those who say no', () => {
    expect(missing('approve', [...many(27), ...many(3, { outcome: 'denied' })])).toEqual([]);
    expect(missing('approve', [...many(26), ...many(4, { outcome: 'denied' })])).toEqual([
      'denied 4 of 30 in mode approve or auto, at most 10 % wanted',
    ]);
  });

  it('says all that is wanting of a rule that never acted', () => {
    expect(missing('approve', [])).toEqual([
      'acted 0 times in mode approve or auto, 20 wanted',
      'cured 0 of 0 in mode approve or auto, 95 % wanted',
      'cured 0 of 0 shows no more than 0 % with 95 % confidence, 85 % wanted',
    ]);
  });
});

describe('the canary', () => {
  it('counts only what was done without asking', () => {
    expect(promotion({ from: 'auto-5', evidence: many(100) }).enough).toBe(false);
    expect(promotion({ from: 'auto-5', evidence: many(5, { mode: 'auto' }) })).toMatchObject({
      ...{ enough: true, to: 'auto-50' },
    });
    expect(promotion({ from: 'auto-50', evidence: many(19, { mode: 'auto' }) }).enough).toBe(false);
    expect(promotion({ from: 'auto-50', evidence: many(20, { mode: 'auto' }) })).toMatchObject({
      ...{ enough: true, to: 'auto' },
    });
  });

  it('ends at the last stage', () => {
    expect(promotion({ from: 'auto', evidence: many(100, { mode: 'auto' }) })).toEqual({
      ...{ from: 'auto', enough: false, missing: ['auto is the last stage'] },
    });
  });
});

it('never gets harder by one more cure', () => {
  const ended = fc.constantFrom('remediated', 'rolled_back', 'escalated', 'denied', 'observed', 'joined' as const);
  fc.assert(
    fc.property(
      fc.constantFrom(...stageNames),
      fc.array(fc.tuple(ended, fc.constantFrom('observe', 'approve', 'auto' as const)), { maxLength: 60 }),
      (from, ends) => {
        const evidence = ends.map(([outcome, mode]) => past({ outcome, mode }));
        const { enough } = promotion({ from, evidence });
        if (enough) expect(promotion({ from, evidence: [...evidence, past({ mode: 'auto' })] }).enough).toBe(true);
      },
    ),
  );
});

it('goes stage by stage', () => {
  expect(stageNames.map(nextStage)).toEqual([...stageNames.slice(1), undefined]);
  expect([1, 5, 49, 50, 99, 100].map((percent) => stageOf('auto', percent))).toEqual([
    ...['auto-5', 'auto-5', 'auto-5', 'auto-50', 'auto-50', 'auto'],
  ]);
});

it('is told in docs/modes.md with the same figures', () => {
  const text = readFileSync(join(packageRoot(), 'docs', 'modes.md'), 'utf8');
  const rows = Object.fromEntries(
    [...text.matchAll(/^\| `([\w-]+)` +\| `[\w-]+` +\|(.*)\|$/gm)].map(([, from = '', wants = '']) => [
      from,
      [...wants.matchAll(/\d+(?:\.\d+)?/g)].map(Number),
    ]),
  );
  const figures = Object.entries(REQUIREMENTS).flatMap(([from, { modes: _, ...wants }]) => {
    const numbers = Object.values(wants).map((wanted) => (wanted < 1 ? wanted * 100 : wanted));
    return nextStage(from as (typeof stageNames)[number]) === undefined ? [] : [[from, numbers]];
  });
  expect(rows).toEqual(Object.fromEntries(figures));
});
