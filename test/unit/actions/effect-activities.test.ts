import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it, vi } from 'vitest';
import type { ActionEffects } from '../../../src/activities/actions/contract.ts';
import { type ActionEffectsByName, createActionEffects } from '../../../src/activities/actions/index.ts';
import { checkStanding, createEffectActivities } from '../../../src/activities/effects.ts';
import { planChange } from '../../../src/activities/plan-change.ts';
import type { EffectInput, UndoResult } from '../../../src/domain/actions/effects.ts';
import type { FenceAnswer } from '../../../src/domain/admission/admission.ts';
import type { Authority } from '../../../src/domain/authority/authority.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
import type { Logger } from '../../../src/telemetry/logger.ts';
import { anAuthority, authorizeWith } from '../../support/authority.ts';
import { aPlan, aPlannedChange } from '../../support/plans.ts';
import { WorkloadWorld } from './workload-world.ts';

const remediationId = 'remediation/default/A/00000000000000aa/1';

interface Options {
  readonly fence?: FenceAnswer | Error;
  /** In place of the effects of `scale`. */
  readonly scale?: Partial<ActionEffects>;
  readonly authority?: Partial<Authority>;
}

const planningOf = ({ world, effects }: { world: WorkloadWorld; effects: ActionEffectsByName }) => ({
  effects,
  authorize: authorizeWith(world.kubernetes),
});

function setUp({ fence: answer = { open: true }, scale = {}, authority = {} }: Options = {}) {
  const world = new WorkloadWorld({ replicas: 2 });
  const real = createActionEffects(world);
  const effects: ActionEffectsByName = { ...real, scale: { ...real.scale, ...scale } };
  const counted: object[] = [];
  const warn = vi.fn();
  const fence = vi.fn(() => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)));
  const activities = createEffectActivities({
    ...{
      planning: planningOf({ world, effects }),
      kubernetes: world.kubernetes,
      fence,
      authority: anAuthority(authority),
    },
    metrics: { effect: (event) => counted.push(event) },
    logger: { warn } as unknown as Logger,
  });
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  const input: EffectInput = { remediationId, epoch: 3, planned: aPlannedChange({ uid: 'uid' }) };
  return { world, effects, activities, environment, counted, warn, fence, input };
}

const replicas = ({ workload }: WorkloadWorld) => workload.spec['replicas'];
/** What the fence is asked about. */
const fenced = { remediationId, epoch: 3, target: 'default/production/Deployment/order-service' };
const event = (world: WorkloadWorld) => world.created.map(({ body }) => body);

describe('an undo', () => {
  it('first ends what another process may still be at', async () => {
    const order: string[] = [];
    const { activities, environment, input } = setUp({
      scale: {
        stop: () => Promise.resolve(void order.push('stop')),
        undo: () => {
          order.push('undo');
          return Promise.resolve({ status: 'nothing_to_undo', text: 'nothing' });
        },
      },
    });
    await environment.run(activities.undoEffect, input);
    expect(order).toEqual(['stop', 'undo']);
  });
});

describe('the activity of an action', () => {
  it('is there under the name of each action', () => {
    const { activities, effects } = setUp();
    for (const name of Object.keys(effects)) expect(activities).toHaveProperty(name, expect.any(Function));
  });

  it('acts when the fence is open, marks its target, and tells of it', async () => {
    const { world, activities, environment, counted, fence, input } = setUp();
    const result = await environment.run(activities.scale, input);
    expect(result).toMatchObject({ changed: true, text: 'Scaled 2 -> 5' });
    expect(fence.mock.calls).toEqual([[expect.objectContaining({ ...fenced, givesBack: false })]]);
    expect(replicas(world)).toBe(5);
    expect(world.workload.metadata.annotations).toMatchObject({ 'mendloop.dev/remediation': remediationId });
    expect(event(world)).toMatchObject([
      {
        involvedObject: { kind: 'Deployment', name: 'order-service', namespace: 'production', uid: 'uid' },
        ...{ type: 'Normal', reason: 'MendloopActed', message: `Scaled 2 -> 5, by ${remediationId}` },
      },
    ]);
    expect(counted).toEqual([{ action: 'scale', result: 'changed', target: input.planned.target }]);
  });

  it('says of a step of a lease that it gives back', async () => {
    const { world, activities, environment, fence, input } = setUp();
    world.set('mendloop-00000000000000aa-1', 5);
    await environment.run(activities.scale, { ...input, step: { from: 5, to: 4 } });
    expect(fence.mock.calls).toEqual([[expect.objectContaining({ ...fenced, givesBack: true })]]);
    expect(replicas(world)).toBe(4);
  });

  it.each([
    ['paused', 'ops has paused the cluster'],
    ['not_holder', 'a later grant is in force'],
  ] as const)('does nothing when the fence is closed: %s', async (reason, text) => {
    const { world, activities, environment, counted, input } = setUp({ fence: { open: false, reason, text } });
    await expect(environment.run(activities.scale, input)).rejects.toMatchObject({
      ...{ type: 'FenceClosed', message: text, nonRetryable: true, details: [reason, false] },
    });
    expect(replicas(world)).toBe(2);
    expect(counted).toEqual([]);
    expect(event(world)).toEqual([]);
  });

  describe('whose fence has closed since an attempt that was not heard', () => {
    const resolved = { open: false, reason: 'resolved', text: 'the alert has resolved' } as const;
    const retried = (info = { attempt: 2 }) =>
      new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });

    it('gives what that attempt did, and does nothing more', async () => {
      const { world, activities, counted, input } = setUp({ fence: resolved });
      world.set('mendloop-00000000000000aa-1', 5);
      const result = await retried().run(activities.scale, input);
      expect(result).toMatchObject({ changed: true, text: 'Scaled 2 -> 5', moved: { before: 2, after: 5 } });
      expect(world.workload.metadata.annotations).toMatchObject({ 'mendloop.dev/remediation': remediationId });
      expect(counted).toMatchObject([{ result: 'changed' }]);
    });

    it('gives it to a further series of attempts as well', async () => {
      const { world, activities, environment, input } = setUp({ fence: resolved });
      world.set('mendloop-00000000000000aa-1', 5);
      expect(await environment.run(activities.scale, { ...input, again: true })).toMatchObject({ changed: true });
    });

    it.each<[string, FenceAnswer, string | undefined, number]>([
      ['nothing was done', resolved, undefined, 2],
      ['another hand did the same', resolved, 'kubectl', 5],
      ['the target is another’s by now', { ...resolved, reason: 'not_holder' }, 'mendloop-00000000000000aa-1', 5],
    ])('stays closed where %s', async (_what, fence, hand, value) => {
      const { world, activities, counted, input } = setUp({ fence });
      if (hand !== undefined) world.set(hand, value);
      const act = retried().run(activities.scale, input);
      await expect(act).rejects.toMatchObject({ type: 'FenceClosed', details: [expect.any(String), true] });
      expect(replicas(world)).toBe(value);
      expect(counted).toEqual([]);
    });

    it('waits where it cannot be told', async () => {
      const away = new MendloopError('KubernetesUnavailable', 'away');
      const { activities, input } = setUp({ fence: resolved, scale: { done: () => Promise.reject(away) } });
      await expect(retried().run(activities.scale, input)).rejects.toMatchObject({ nonRetryable: false });
    });
  });

  it('does nothing while the fence cannot be asked, and is tried again', async () => {
    const away = new MendloopError('KubernetesUnavailable', 'the store is away');
    const { world, activities, environment, input } = setUp({ fence: away });
    await expect(environment.run(activities.scale, input)).rejects.toMatchObject({ nonRetryable: false });
    expect(replicas(world)).toBe(2);
  });

  it('counts what another hand had done already as no change, and gives no Event of it', async () => {
    const { world, activities, environment, counted, input } = setUp();
    world.set('kubectl', 5);
    expect(await environment.run(activities.scale, input)).toMatchObject({ changed: false });
    expect(counted).toMatchObject([{ result: 'unchanged' }]);
    expect(event(world)).toEqual([]);
  });

  it('has acted where the cluster refuses the marks', async () => {
    const refused = new MendloopError('KubernetesForbidden', 'no annotations');
    const { world, activities, environment, warn, input } = setUp({ scale: { hold: () => Promise.reject(refused) } });
    expect(await environment.run(activities.scale, input)).toMatchObject({ changed: true });
    expect(replicas(world)).toBe(5);
    expect(warn.mock.calls).toMatchObject([[{ err: refused }, 'could not mark the target']]);
  });

  it('fails with the failure of the action, and counts it', async () => {
    const { world, activities, environment, counted, input } = setUp();
    world.set('kubectl', 4);
    await expect(environment.run(activities.scale, input)).rejects.toMatchObject({
      ...{ type: 'TargetChanged', nonRetryable: true },
    });
    expect(counted).toEqual([{ action: 'scale', result: 'failed' }]);
  });
});

describe('the gate before every effect', () => {
  const target = { cluster: 'default', kind: 'Deployment', name: 'order-service' };
  const label = { optedInBy: 'label mendloop.dev/remediate=enabled of Namespace production' };

  it.each([
    ['the cluster’s own namespace', { namespace: 'kube-system' }, {}, 'TargetProtected'],
    ['Mendloop’s own namespace', { namespace: 'ops' }, { ownNamespace: 'ops' }, 'TargetProtected'],
    ['what the settings protect', { namespace: 'vault' }, { protectedNamespaces: ['va*'] }, 'TargetProtected'],
    ['what is not opted in', { namespace: 'production' }, { namespaces: ['shop'] }, 'TargetNotEnabled'],
    ['a node that is not', { namespace: '', kind: 'Node', name: 'worker-1' }, { nodes: [] }, 'TargetNotEnabled'],
  ])('lets nothing through to %s, whatever was planned', async (_what, to, authority, type) => {
    const { activities, environment, input, world, fence } = setUp({ authority });
    const before = replicas(world);
    for (const act of [activities.scale, activities.delete_pod, activities.drain]) {
      const planned = { ...input.planned, target: { ...target, ...to } };
      await expect(environment.run(act, { ...input, planned })).rejects.toMatchObject({ type, nonRetryable: true });
    }
    expect(fence).not.toHaveBeenCalled();
    expect(replicas(world)).toBe(before);
  });

  it('lets through what was seen to be opted in by its label', async () => {
    const { activities, environment, input, world } = setUp({ authority: { namespaces: [] } });
    await environment.run(activities.scale, { ...input, planned: { ...input.planned, ownership: label } });
    expect(replicas(world)).toBe(5);
  });

  it('does not keep anything from being given back', async () => {
    const { activities, environment, input, world } = setUp({ authority: { namespaces: [] } });
    await environment.run(activities.scale, { ...input, step: { from: 2, to: 1 } });
    expect(replicas(world)).toBe(1);
  });
});

describe('undoing an effect', () => {
  it('asks no fence, and tells of it', async () => {
    const fence = { open: false, reason: 'paused', text: 'paused' } as const;
    const { world, activities, environment, counted, input } = setUp({ fence });
    world.set('mendloop-00000000000000aa-1', 5);
    expect(await environment.run(activities.undoEffect, input)).toMatchObject({ status: 'restored' });
    expect(replicas(world)).toBe(2);
    expect(event(world)).toMatchObject([{ reason: 'MendloopUndone', message: `Put back 5 -> 2, by ${remediationId}` }]);
    expect(counted).toMatchObject([{ action: 'scale', result: 'restored' }]);
  });

  describe('by a run that was reset', () => {
    const gone = { open: false, reason: 'not_holder', text: 'it does not hold it' } as const;

    it('leaves alone what its remediation does not hold any more', async () => {
      const { world, activities, environment, counted, input, fence } = setUp({ fence: gone });
      world.set('mendloop-00000000000000aa-1', 5);
      expect(await environment.run(activities.undoEffect, { ...input, isReset: true })).toMatchObject({
        ...{ status: 'left_alone', text: expect.stringContaining(gone.text) as string },
      });
      expect(fence).toHaveBeenCalledWith({ ...fenced, givesBack: true });
      expect(replicas(world)).toBe(5);
      expect(counted).toMatchObject([{ result: 'left_alone' }]);
    });

    it.each<[string, FenceAnswer]>([
      ['holds', { open: true }],
      ['holds, also during a pause', { open: false, reason: 'paused', text: 'paused' }],
    ])('undoes what its remediation %s', async (_what, fence) => {
      const { world, activities, environment, input } = setUp({ fence });
      world.set('mendloop-00000000000000aa-1', 5);
      const undone = await environment.run(activities.undoEffect, { ...input, isReset: true });
      expect(undone).toMatchObject({ status: 'restored' });
      expect(replicas(world)).toBe(2);
    });

    it('finds that nothing of it stands', async () => {
      const { world, activities, environment, input } = setUp({ fence: gone });
      const undone = await environment.run(activities.undoEffect, { ...input, isReset: true });
      expect(undone).toMatchObject({ status: 'nothing_to_undo' });
      expect(replicas(world)).toBe(2);
    });

    it('finds what it has undone itself', async () => {
      const { world, activities, environment, input } = setUp({ fence: gone });
      world.set('mendloop-00000000000000aa-1', 2);
      const undone = await environment.run(activities.undoEffect, { ...input, isReset: true });
      expect(undone).not.toMatchObject({ status: 'left_alone' });
      expect(replicas(world)).toBe(2);
    });

    it('waits for a store that is away', async () => {
      const { activities, environment, input } = setUp({ fence: new MendloopError('StoreUnavailable', 'away') });
      await expect(environment.run(activities.undoEffect, { ...input, isReset: true })).rejects.toMatchObject({
        type: 'StoreUnavailable',
      });
    });
  });

  it.each<[UndoResult, object[]]>([
    [
      { status: 'left_alone', text: 'Left at 3', expected: '5', found: '3', by: 'kubectl' },
      [{ type: 'Warning', reason: 'MendloopLeftAlone' }],
    ],
    [{ status: 'gone', text: 'gone' }, []],
    [{ status: 'nothing_to_undo', text: 'as before' }, []],
  ])('says what it found: %j', async (result, events) => {
    const { world, activities, environment, counted, input } = setUp({
      scale: { undo: () => Promise.resolve(result) },
    });
    expect(await environment.run(activities.undoEffect, input)).toEqual(result);
    expect(event(world)).toMatchObject(events);
    expect(counted).toMatchObject([{ result: result.status }]);
  });
});

describe('waiting for an effect', () => {
  it('says that it lives, and hears that it is cancelled', async () => {
    const observe: ActionEffects['observe'] = (_request, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    const { activities, environment, input } = setUp({ scale: { observe } });
    const heard = new Promise((resolve) => environment.on('heartbeat', resolve));
    const result = { changed: true, text: '', handle: {} };
    const waiting = environment.run(activities.observeEffect, { ...input, result, deadlineAt: Date.now() + 60_000 });
    const ended = expect(waiting).rejects.toMatchObject({ name: 'CancelledFailure' });
    await heard;
    environment.cancel('CANCELLED');
    await ended;
  });
});

describe('planning a change', () => {
  it('looks at the target and works out what the plan would do', async () => {
    expect(await planChange(planningOf(setUp()), aPlan())).toMatchObject({
      action: 'scale',
      change: { from: 2, to: 5 },
    });
  });

  it.each([
    ['an action that there is not', { action: 'reboot' }],
    ['an action with the name of something else', { action: 'constructor' }],
    ['parameters of another version', { parameters: { replicas: 5, speed: 'fast' } }],
  ])('does not guess at %s', async (_what, more) => {
    await expect(planChange(planningOf(setUp()), { ...aPlan(), ...more })).rejects.toMatchObject({
      type: 'PolicyAnswerInvalid',
    });
  });

  it('previews it without changing anything', async () => {
    const { world, activities, environment, input } = setUp();
    expect(await environment.run(activities.previewChange, input)).toMatchObject({ moves: { before: 2, after: 5 } });
    expect(replicas(world)).toBe(2);
  });
});

it('takes what nothing can move away from us to stand', async () => {
  const { effects, input } = setUp();
  const { stands: _, ...scale } = effects.scale;
  const request = { ...input, result: { changed: true, text: '', handle: {} } };
  expect(await checkStanding({ ...effects, scale }, request)).toEqual({ status: 'stands' });
  expect(await checkStanding(effects, request)).toMatchObject({ status: 'moved' });
});

it('releases what a remediation holds', async () => {
  const { world, activities, environment, input } = setUp();
  await environment.run(activities.scale, input);
  await environment.run(activities.releaseTarget, input);
  expect(world.workload.metadata.annotations).toEqual({});
});
