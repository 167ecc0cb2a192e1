import { describe, expect, it } from 'vitest';
import { explainDecision } from '../../../src/console/words/explain-decision.ts';
import { outcomeLabel, stateLabel, stepLabel } from '../../../src/console/words/labels.ts';
import { duration, relative } from '../../../src/console/words/time.ts';
import { aPlannedSweep } from '../../support/changes.ts';
import { aDecision, aPlan } from '../../support/plans.ts';

it.each([
  [0, '0 s'],
  [350, '0.3 s'],
  [999, '1 s'],
  [9_400, '9.4 s'],
  [59_900, '59 s'],
  [185_000, '3 min 5 s'],
  [7_800_000, '2 h 10 min'],
  [86_400_000, '1 d'],
])('%d ms read %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

it('times are told by how long ago, or ahead, they are', () => {
  const now = 1_767_225_600_000;
  const told = [2_000, 23_000, 300_000, 7_200_000, -600_000].map((ago) => relative(now - ago, now));
  expect(told).toEqual(['just now', '20 s ago', '5 min ago', '2 h ago', 'in 10 min']);
});

describe('the state of a remediation', () => {
  const item = { id: 'r', runId: '1', alert: 'A', startedAt: '2026-01-01T00:00:00Z' };

  it('says what a running one waits for, and that a cured one watches', () => {
    const running = { ...item, state: 'running', execution: 'running' } as const;
    expect(stateLabel({ ...running, waiting: 'approval' }).text).toBe('Needs approval');
    expect(stateLabel({ ...running, outcome: 'remediated' }).text).toBe('Cured, watching');
    expect(stateLabel(running).text).toBe('In flight');
  });

  it('says how one ended, also where it has no outcome', () => {
    const closed = { ...item, state: 'closed', execution: 'completed' } as const;
    expect(stateLabel({ ...closed, outcome: 'rolled_back' }).text).toBe('Rolled back');
    expect(stateLabel({ ...closed, execution: 'timed_out' })).toEqual({ text: 'timed out', tone: 'bad' });
  });

  it('takes an outcome that it does not know for what it says', () => {
    expect(outcomeLabel('__proto__')).toEqual({ text: '__proto__', tone: 'calm' });
  });
});

it('a step that it does not know is taken for what it says', () => {
  expect(stepLabel('verifying')).toBe('Verify');
  expect(stepLabel('reading_the_stars')).toBe('reading the stars');
});

describe('a decision in words', () => {
  it('says what is wanted, on what terms, and by which mode', () => {
    const { verdict, facts, queries } = explainDecision(aDecision());
    expect(verdict).toBe('It wants to scale Deployment production/order-service (replicas 5, allowDecrease false).');
    expect(Object.fromEntries(facts)).toMatchObject({
      ...{ Rule: 'order_service_cpu_throttling', Mode: 'auto, by policy', Lease: 'none: the change stays' },
      'Cured when': 'p95 latency <= 0.2 s, 3 times in a row, every 1 s, within 20 s',
    });
    expect(queries[0]?.[1]).toContain('$service = "order-service"');
  });

  it('says that one in mode observe would only have been done', () => {
    expect(explainDecision(aDecision(aPlan({ parameters: { add: 2, max: 8 } }), 'observe')).verdict).toBe(
      'It would scale Deployment production/order-service (add 2, max 8), and is only observed.',
    );
  });

  it('says what it comes to on its target, once the action has looked at that', () => {
    const { title } = aPlannedSweep();
    expect(explainDecision(aDecision(), title).verdict).toBe('It wants to sweep Node worker-1.');
  });

  it('gives the reason where there is no plan', () => {
    const rejected = { verdict: 'reject', rule: '', reason: 'no rule matches', policyRevision: 'x' } as const;
    expect(explainDecision(rejected).verdict).toContain('no rule matches');
  });
});
