import { describe, expect, it } from 'vitest';
import type { PlanChangeRequest } from '../../../src/activities/plan-change.ts';
import { planWithPrelude } from '../../../src/activities/plan-prelude.ts';
import type { PlannedChange } from '../../../src/domain/actions/contract.ts';
import { type FailureType, MendloopError } from '../../../src/domain/failures.ts';
import { aPlan, aPlannedChange } from '../../support/plans.ts';

const main = aPlannedChange();
const raised: PlannedChange = { ...aPlannedChange(), action: 'raise_quota', title: 'raise pods of ResourceQuota' };
const room = { kind: 'quota_has_room' } as const;
const rest = { kind: 'at_rest' } as const;
const plan = aPlan({
  preconditions: [room],
  prelude: {
    action: 'raise_quota',
    target: { namespace: 'production', kind: 'ResourceQuota', name: 'tenant' },
    parameters: { resource: 'pods', add: '2', max: '20' },
    maxSeconds: 60,
  },
});

/** What is asked to be planned, in its order, and answered. */
function planner(prelude: PlannedChange | FailureType, own: Partial<PlannedChange> = {}) {
  const asked: PlanChangeRequest[] = [];
  return {
    asked,
    planChange: (request: PlanChangeRequest): Promise<PlannedChange> => {
      asked.push(request);
      if (request.action !== 'raise_quota') return Promise.resolve({ ...main, ...own });
      if (typeof prelude === 'string') return Promise.reject(new MendloopError(prelude, 'said so'));
      return Promise.resolve(prelude);
    },
  };
}

const wanted = ({ action, preconditions = [] }: PlanChangeRequest) => [
  action,
  ...preconditions.map(({ kind }) => kind),
];

describe('a change with its prelude', () => {
  it('is planned first, and is not held to what the prelude makes so', async () => {
    const { asked, planChange } = planner(raised);
    expect(await planWithPrelude(planChange, { plan, remediationId: 'r' })).toEqual({
      planned: main,
      prelude: { planned: raised },
    });
    expect(asked.map(wanted)).toEqual([['scale'], ['raise_quota']]);
    expect(asked.map(({ remediationId }) => remediationId)).toEqual(['r', 'r']);
  });

  it('is held to everything where the prelude is not needed', async () => {
    const { asked, planChange } = planner('NotIndicated');
    expect(await planWithPrelude(planChange, { plan })).toEqual({ planned: main, prelude: { unneeded: 'said so' } });
    expect(asked.map(wanted)).toEqual([['scale'], ['raise_quota'], ['scale', 'quota_has_room']]);
  });

  it('is always held to what the prelude has nothing to do with', async () => {
    const restart = aPlan({
      ...{ action: 'restart', parameters: {}, budget: undefined, preconditions: [room, rest] },
      prelude: plan.prelude,
    });
    const { asked, planChange } = planner(raised);
    await planWithPrelude(planChange, { plan: restart });
    expect(asked.map(wanted)).toEqual([['restart', 'at_rest'], ['raise_quota']]);
  });

  it('has no prelude where it is done already', async () => {
    const { asked, planChange } = planner(raised, { isDone: true });
    expect(await planWithPrelude(planChange, { plan })).toEqual({ planned: { ...main, isDone: true } });
    expect(asked).toHaveLength(1);
  });

  it('has the prelude that stands already, which is not planned again', async () => {
    const { asked, planChange } = planner('Internal');
    const found = await planWithPrelude(planChange, { plan, standing: raised });
    expect(found.prelude).toEqual({ planned: raised });
    expect(asked).toHaveLength(1);
  });

  it.each(['TargetProtected', 'LimitReached', 'KubernetesUnavailable'] as const)(
    'is refused where the prelude is, which is named: %s',
    async (type) => {
      await expect(planWithPrelude(planner(type).planChange, { plan })).rejects.toMatchObject({
        type,
        message: 'prelude raise_quota of ResourceQuota production/tenant: said so',
      });
    },
  );
});
