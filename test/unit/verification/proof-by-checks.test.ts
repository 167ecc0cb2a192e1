import { describe, expect, it } from 'vitest';
import { deletePodAction } from '../../../src/domain/actions/delete_pod/delete-pod.ts';
import { planSchema } from '../../../src/domain/plan/plan.ts';
import { type Verification, verificationSchema } from '../../../src/domain/plan/verification-clause.ts';
import type { CheckLook } from '../../../src/domain/verification/check.ts';
import type { Baseline, Sample } from '../../../src/domain/verification/measurement.ts';
import { objectiveBefore } from '../../../src/domain/verification/objective-before.ts';
import { judge, observe } from '../../../src/domain/verification/verification.ts';
import { initialState, type Reading } from '../../../src/domain/verification/verification-state.ts';

const objective = { name: 'p95', query: { expr: 'x' }, comparison: '<=', threshold: 0.2, unit: 's' };
const conditions = [{ kind: 'ready' }, { kind: 'no_restarts', forSeconds: 60 }];

const verification = (more: object): Verification => verificationSchema.parse({ consecutive: 2, ...more });
const look = (status: CheckLook['status'], text: string = status): CheckLook => ({ at: 1, status, text });
const known = (value: number): Sample => ({ at: 1, status: 'known', value });

function judged(
  terms: Verification,
  readings: readonly Omit<Reading, 'neighbours'>[],
  before: Omit<Baseline, 'neighbours'> = {},
) {
  const baseline = { neighbours: [], ...before };
  let state = initialState(terms);
  for (const reading of readings)
    state = observe(state, { neighbours: [], ...reading }, { verification: terms, baseline });
  return (deadlinePassed: boolean) => judge(state, { verification: terms, baseline, deadlinePassed });
}

describe('a plan that names no proof', () => {
  const plan = (more: object) =>
    planSchema.parse({
      ...{ action: 'delete_pod', target: { namespace: 'shop', kind: 'Pod', name: 'api-1' } },
      verification: more,
    }).verification;

  it('is proven by what its action says of itself', () => {
    expect(plan({}).conditions).toEqual(deletePodAction.proof);
    expect(plan({}).objective).toBeUndefined();
  });

  it('has its own where it names one of any kind', () => {
    expect(plan({ objective }).conditions).toEqual([]);
    const probes = [{ name: 'shop', url: 'http://shop/health' }];
    expect(plan({ probes }).conditions).toEqual([]);
    expect(plan({ conditions: [{ kind: 'ready' }] }).conditions).toEqual([{ kind: 'ready' }]);
  });

  it('is refused where its action proves nothing by itself', () => {
    const cordon = { action: 'cordon', target: { kind: 'Node', name: 'worker-1' } };
    expect(() => planSchema.parse({ ...cordon, verification: {} })).toThrow(/cordon proves nothing by itself/);
    expect(planSchema.parse({ ...cordon, verification: { objective } }).verification.conditions).toEqual([]);
  });

  it.each([['ftp://shop/'], ['http://user:secret@shop/'], ['shop/health'], ['file:///etc/passwd']])(
    'refuses to ask %s',
    (url) => {
      expect(() => verificationSchema.parse({ probes: [{ name: 'shop', url }] })).toThrow(/expected/);
    },
  );
});

describe('all that is named must hold', () => {
  const both = verification({ objective, conditions });
  const well = { objective: known(0.1), checks: [look('holds', 'api: 2 of 2 ready'), look('holds', 'no restart')] };

  it('in as many looks in a row, and then it is told with what it was', () => {
    const before = { objective: known(1.9), checks: [look('fails'), look('fails')] };
    expect(judged(both, [well], before)(false)).toBeUndefined();
    expect(judged(both, [well, well], before)(false)).toMatchObject({
      verdict: 'good',
      summary: 'p95 0.1 s <= 0.2 s, api: 2 of 2 ready, no restart in 2 samples in a row; was 1.9 s',
      checks: [
        { name: 'ready', before: { status: 'fails' }, after: { status: 'holds' } },
        { name: 'no container restart for 60 s', after: { text: 'no restart' } },
      ],
    });
  });

  it.each<[string, Omit<Reading, 'neighbours'>, string]>([
    ['the number', { ...well, objective: known(0.9) }, 'bad'],
    ['one condition', { ...well, checks: [look('holds'), look('fails', 'container main waits')] }, 'bad'],
    [
      'one that could not be looked at',
      { ...well, checks: [look('holds'), look('unknown', 'no answer')] },
      'inconclusive',
    ],
    ['what was not looked at', { objective: known(0.1) }, 'inconclusive'],
  ])('and %s that does not hold is no proof', (_what, reading, verdict) => {
    const report = judged(both, [well, reading]);
    expect(report(false)).toBeUndefined();
    expect(report(true)).toMatchObject({ verdict });
  });

  it('without a number it is told by what was found', () => {
    const only = verification({ conditions });
    const failing = { checks: [look('holds'), look('fails', 'container main of Pod api-1 waits: CrashLoopBackOff')] };
    const before = { checks: [look('fails', 'api: 1 of 2 ready'), look('holds')] };
    const report = judged(only, [failing, failing], before)(true);
    expect(report).toMatchObject({
      verdict: 'bad',
      failure: 'VerificationFailed',
      samples: [],
      summary:
        'not proven in 2 samples in a row by the deadline: container main of Pod api-1 waits: CrashLoopBackOff; ' +
        'before: api: 1 of 2 ready',
    });
    expect(report).not.toHaveProperty('before');
  });
});

describe('before the act', () => {
  it.each<[CheckLook['status'][], number | undefined, string]>([
    [['fails', 'holds'], undefined, 'not_met'],
    [['holds', 'holds'], undefined, 'met'],
    [['fails', 'unknown'], undefined, 'unknown'],
    [['holds', 'holds'], 0.9, 'not_met'],
    [['fails', 'holds'], 0.1, 'not_met'],
    [['holds', 'holds'], 0.1, 'met'],
  ])('looks %j and p95 %s are %s', (statuses, value, status) => {
    const terms = verification({ conditions, ...(value === undefined ? {} : { objective }) });
    const found = {
      checks: statuses.map((one) => look(one)),
      ...(value === undefined ? {} : { objective: known(value) }),
    };
    expect(objectiveBefore(terms, found).status).toBe(status);
  });
});
