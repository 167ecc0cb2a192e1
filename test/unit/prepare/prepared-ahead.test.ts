import { describe, expect, it } from 'vitest';
import type { Found, Preparation, PrepareInput } from '../../../src/activities/preparation.ts';
import { PreparedAhead, type StartToCome } from '../../../src/activities/prepared-ahead.ts';
import type { Admission } from '../../../src/domain/admission/admission.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import { Mode } from '../../../src/domain/decision/mode.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { anAlert } from '../../support/alerts.ts';
import { aPlan } from '../../support/plans.ts';

const GRANTED: Admission = { status: 'granted', epoch: 7 };
const FOUND = { prepared: {}, verdict: { go: true } } as unknown as Found;
const REFUSED = { prepared: {}, verdict: { go: false, why: 'doubtful', text: 'no' } } as unknown as Found;

function decided(plan: Plan = aPlan(), mode: Mode = Mode.Auto): Decision {
  return { verdict: 'plan', rule: 'order', plan, mode, policyRevision: 'r1' };
}

const START: StartToCome = { remediationId: 'remediation/default/Slow/1/1', alert: anAlert(), decision: decided() };

/** What the workflow asks, after its way through Temporal. */
function asked(
  { remediationId, alert, decision }: StartToCome = START,
  more: Partial<PrepareInput> = {},
): PrepareInput {
  if (decision?.verdict !== 'plan') throw new Error('there is no plan');
  const { plan, ...words } = decision;
  const input = { remediationId, alert, plan, admit: { decision: words } };
  return { ...(JSON.parse(JSON.stringify(input)) as PrepareInput), firstRunId: 'run', ...more };
}

function world(found: () => Promise<Found> = () => Promise.resolve(FOUND)) {
  const calls: string[] = [];
  const foreseen: string[] = [];
  let now = 0;
  const preparation: Pick<Preparation, 'look' | 'foresee' | 'admit'> = {
    look: () => {
      calls.push('look');
      return found();
    },
    foresee: ({ remediationId }) => void foreseen.push(remediationId),
    admit: ({ remediationId }) => {
      calls.push(`admit ${remediationId}`);
      return Promise.resolve(GRANTED);
    },
  };
  const ahead = new PreparedAhead({ preparation, now: () => now });
  return { ahead, calls, foreseen, pass: (ms: number) => (now += ms) };
}

describe('what is prepared ahead', () => {
  it('is taken by the first that asks the same, with the admission that was asked for after the start', async () => {
    const { ahead, calls, foreseen } = world();
    const noteStarted = ahead.begin(START);
    const taken = ahead.take(asked());
    await expect.poll(() => foreseen).toEqual([START.remediationId]);
    expect(calls).toEqual(['look']);
    noteStarted?.({ here: true });
    expect(await taken).toEqual({ ...FOUND, admission: GRANTED });
    expect(calls).toEqual(['look', `admit ${START.remediationId}`]);
    expect(await ahead.take(asked())).toBeUndefined();
  });

  it('grants nothing where the start failed, or its first task went to another process', async () => {
    const { ahead, calls } = world();
    ahead.begin(START)?.({ here: false });
    expect(await ahead.take(asked())).toBeUndefined();
    await expect.poll(() => calls).toEqual(['look']);
    expect(calls).not.toContain(`admit ${START.remediationId}`);
  });

  it('is not taken when it is old', async () => {
    const { ahead, pass } = world();
    ahead.begin(START)?.({ here: true });
    pass(2000);
    expect(await ahead.take(asked())).toBeUndefined();
  });

  it('grants nothing on what was read too long ago', async () => {
    let answer: (found: Found) => void = () => undefined;
    const { ahead, calls, pass } = world(() => new Promise((resolve) => (answer = resolve)));
    ahead.begin(START)?.({ here: true });
    await expect.poll(() => calls).toHaveLength(1);
    pass(2000);
    const taken = ahead.take(asked());
    answer(FOUND);
    expect(await taken).toBeUndefined();
    expect(calls).toHaveLength(1);
  });

  it('is read anew where a read has failed', async () => {
    const { ahead } = world(() => Promise.reject(new Error('away')));
    ahead.begin(START)?.({ here: true });
    expect(await ahead.take(asked())).toBeUndefined();
  });

  it.each<[string, Partial<PrepareInput>]>([
    ['another plan', { plan: aPlan({ watchSeconds: 1 }) }],
    ['another alert', { alert: anAlert({ fingerprint: 'ffffffffffffffff' }) }],
    ['one that a human has approved', { hasHuman: true }],
    ['one that is admitted to the target alone', { admit: { ...asked().admit!, only: 'target' } }],
  ])('is not taken by %s', async (_what, more) => {
    const { ahead } = world();
    ahead.begin(START)?.({ here: true });
    expect(await ahead.take(asked(START, more))).toBeUndefined();
  });

  it('says why not without asking the store', async () => {
    const { ahead } = world(() => Promise.resolve(REFUSED));
    ahead.begin(START);
    expect(await ahead.take(asked())).toEqual(REFUSED);
  });

  it.each<[string, Decision | undefined]>([
    ['policy has not answered', undefined],
    ['a human is asked', decided(aPlan(), Mode.Approve)],
    ['nothing is to be done', decided(aPlan(), Mode.Observe)],
    ['the decision is a ladder', { ...decided(), further: [aPlan()] } as Decision],
    ['the plan wants an approval', decided(aPlan({ approval: { roles: ['sre'], quorum: 1, reason: '' } }))],
  ])('is nothing where %s', (_what, decision) => {
    const { decision: _usual, ...start } = START;
    const { ahead } = world();
    expect(ahead.begin({ ...start, ...(decision === undefined ? {} : { decision }) })).toBeUndefined();
  });

  it('is begun before it is known whether the alert is to be started, and taken by its start', async () => {
    const { ahead, calls } = world();
    ahead.foresee(START);
    await expect.poll(() => calls).toEqual(['look']);
    ahead.begin(START)?.({ here: true });
    expect(await ahead.take(asked())).toEqual({ ...FOUND, admission: GRANTED });
    expect(calls).toEqual(['look', `admit ${START.remediationId}`]);
  });

  it('grants nothing to an alert that is not started', async () => {
    const { ahead, calls } = world();
    ahead.foresee(START);
    await expect.poll(() => calls).toEqual(['look']);
    expect(await ahead.take(asked())).toBeUndefined();
    expect(calls).toEqual(['look']);
  });

  it('is begun anew where it was foreseen too long ago, or by another decision', async () => {
    for (const { wait, start } of [
      { wait: 2000, start: START },
      { wait: 0, start: { ...START, decision: decided(aPlan({ watchSeconds: 1 })) } },
    ]) {
      const { ahead, calls, pass } = world();
      ahead.foresee(START);
      await expect.poll(() => calls).toEqual(['look']);
      pass(wait);
      ahead.begin(start)?.({ here: true });
      expect(await ahead.take(asked(start))).toEqual({ ...FOUND, admission: GRANTED });
      expect(calls).toEqual(['look', 'look', `admit ${START.remediationId}`]);
    }
  });

  it('is foreseen once for a spell of an alert: a repeat of it reads nothing', async () => {
    const { ahead, calls } = world();
    ahead.foresee(START);
    ahead.foresee({ ...START, alert: { ...START.alert } });
    ahead.foresee({ ...START, alert: anAlert({ startsAt: '2026-11-11T11:11:11.000Z' }) });
    await expect.poll(() => calls).toEqual(['look', 'look']);
  });

  it('is bounded, what is foreseen with it', () => {
    const { ahead, pass } = world();
    for (let n = 0; n < 8; n += 1) ahead.foresee({ ...START, alert: anAlert({ fingerprint: `${n}`.repeat(16) }) });
    expect(ahead.begin(START)).toBeUndefined();
    pass(2000);
    expect(ahead.begin(START)).toBeDefined();
  });

  it('is bounded', () => {
    const { ahead, pass } = world();
    const begin = (n: number) => ahead.begin({ ...START, remediationId: `r/${n}` });
    const begun = Array.from({ length: 20 }, (_, n) => begin(n));
    expect(begun.filter((one) => one !== undefined)).toHaveLength(8);
    pass(2000);
    expect(begin(21)).toBeDefined();
  });
});
