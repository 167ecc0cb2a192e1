import { describe, expect, it } from 'vitest';
import { createAdmissionActivities, requestOf } from '../../../src/activities/admission.ts';
import type { PlannedChange } from '../../../src/domain/actions/contract.ts';
import type { AdmitRequest } from '../../../src/domain/admission/admission.ts';
import { judgePrepared } from '../../../src/domain/remediation/judge-prepared.ts';
import { describePrelude } from '../../../src/domain/remediation/describe-prelude.ts';
import { objectsToHold, titleWithPrelude } from '../../../src/domain/remediation/prelude-state.ts';
import { anAlert } from '../../support/alerts.ts';
import { aPlan, aPlannedChange } from '../../support/plans.ts';
import { prepared } from '../../workflow/fake-world.ts';

const planned = aPlannedChange({ locks: ['default/production/HorizontalPodAutoscaler/order-service'] });
const before: PlannedChange = {
  ...aPlannedChange(),
  ...{ action: 'relax_pdb', title: 'relax the budget', locks: ['default/production/Other/one'] },
  target: { cluster: 'default', namespace: 'production', kind: 'PodDisruptionBudget', name: 'order-service' },
};
const prelude = { planned: before };
const unneeded = { unneeded: 'it allows 1 already' };
const BUDGET = 'default/production/PodDisruptionBudget/order-service';

describe('a change with what comes before it', () => {
  it('holds the objects of both, and only its own where that is not needed', () => {
    const own = ['default/production/Deployment/order-service', ...planned.locks];
    expect(objectsToHold({ planned, prelude })).toEqual([...own, BUDGET, 'default/production/Other/one']);
    expect(objectsToHold({ planned, prelude: unneeded })).toEqual(own);
    const asked = { remediationId: 'r', alert: anAlert(), plan: aPlan(), prepared: { planned, prelude } };
    expect(requestOf(asked)).toMatchObject({
      ...{ target: own[0], action: 'scale' },
      locks: [...planned.locks, BUDGET, 'default/production/Other/one'],
    });
  });

  it('is one line for people', () => {
    expect(titleWithPrelude({ planned, prelude })).toBe(`relax the budget, then ${planned.title}`);
    expect(titleWithPrelude({ planned, prelude: unneeded })).toBe(planned.title);
    expect(titleWithPrelude({ planned })).toBe(planned.title);
  });

  it('has its own row of intent, of its own object, before that of the change', async () => {
    const asked: AdmitRequest[] = [];
    const { admit } = createAdmissionActivities({
      admission: {
        admit: (request) => Promise.resolve((asked.push(request), { status: 'granted', epoch: 1 } as const)),
        changes: () => Promise.resolve([]),
        fence: () => Promise.resolve({ open: true }),
        leave: () => Promise.resolve(),
      },
      countWorkloads: () => Promise.resolve(1),
      metrics: { guardRefused: () => undefined },
    });
    const decision = { rule: 'r', verdict: 'plan', mode: 'auto', policyRevision: '1' } as const;
    await admit({ remediationId: 'r', alert: anAlert(), plan: aPlan(), decision, prepared: { planned, prelude } });
    expect(asked[0]?.audit.map(({ key, target }) => [key, target])).toEqual([
      ['r/decision', 'default/production/Deployment/order-service'],
      ['r/prelude/intended', BUDGET],
      ['r/act/intended', 'default/production/Deployment/order-service'],
    ]);
  });

  it('waits for the windows of both', async () => {
    const asked: AdmitRequest[] = [];
    const window = {
      status: 'refused',
      reason: 'window',
      text: 'no budgets today',
      until: 1,
      meanwhile: 'wait',
    } as const;
    const { admit } = createAdmissionActivities({
      calendar: { refusal: ({ action }) => (action === 'relax_pdb' ? window : undefined) },
      admission: {
        admit: (request) => Promise.resolve((asked.push(request), { status: 'granted', epoch: 1 } as const)),
        changes: () => Promise.resolve([]),
        fence: () => Promise.resolve({ open: true }),
        leave: () => Promise.resolve(),
      },
      countWorkloads: () => Promise.resolve(1),
      metrics: { guardRefused: () => undefined },
    });
    const decision = { rule: 'r', verdict: 'plan', mode: 'auto', policyRevision: '1' } as const;
    const ask = { remediationId: 'r', alert: anAlert(), plan: aPlan(), decision };
    await admit({ ...ask, prepared: { planned, prelude } });
    await admit({ ...ask, prepared: { planned, prelude: unneeded } });
    expect(asked.map((request) => request.window)).toEqual([window, undefined]);
  });
});

describe('a prelude whose object is applied out of Git', () => {
  const applied = { planned: { ...before, ownership: { optedInBy: 'settings', appliedBy: 'Argo CD' } } } as const;
  const found = (over: object = {}) => ({ ...prepared(planned), prelude: applied, ...over });

  it.each([
    [undefined, { go: false, why: 'in_git', text: expect.stringContaining('PodDisruptionBudget') as string }],
    ['human', { go: false, why: 'needs_human' }],
    ['act', { go: true }],
  ] as const)('is judged as the change itself: %s', (gitOps, verdict) => {
    expect(judgePrepared(found(), gitOps === undefined ? {} : { gitOps })).toMatchObject(verdict);
  });

  it('is no matter where it is not needed', () => {
    expect(judgePrepared(found({ prelude: unneeded }))).toEqual({ go: true });
  });
});

it('what became of a prelude is told in words', () => {
  const effect = { changed: true, text: 'Set 1 of the budget', handle: {} };
  const undo = { status: 'restored', text: 'Put the budget back' } as const;
  expect(
    [unneeded, prelude, { ...prelude, effect }, { ...prelude, effect, undo }, { ...prelude, undo }].map(
      describePrelude,
    ),
  ).toEqual([
    'not needed: it allows 1 already',
    'relax the budget',
    'Set 1 of the budget; it stands',
    'Set 1 of the budget; Put the budget back',
    'relax the budget; Put the budget back',
  ]);
});
