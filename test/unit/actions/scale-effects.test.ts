import { describe, expect, it } from 'vitest';
import { createScaleEffects } from '../../../src/activities/actions/scale.ts';
import type { PlannedChange } from '../../../src/domain/actions/contract.ts';
import { type ScaleParameters, scaleParametersSchema } from '../../../src/domain/actions/scale/parameters.ts';
import { scaleAction } from '../../../src/domain/actions/scale/scale.ts';
import { aPlan } from '../../support/plans.ts';
import { WorkloadWorld } from './workload-world.ts';

const remediationId = 'remediation/default/A/00000000000000aa/1';
const OURS = 'mendloop-00000000000000aa-1';
const never = new AbortController().signal;
const { target } = aPlan();

async function plan(world: WorkloadWorld, given: ScaleParameters = scaleParametersSchema.parse({ replicas: 5 })) {
  const effects = createScaleEffects(world);
  const seen = await effects.inspect({ target, parameters: given });
  return scaleAction.plan({ target, parameters: given, seen });
}

async function planned(options: ConstructorParameters<typeof WorkloadWorld>[0] = { replicas: 2 }) {
  const world = new WorkloadWorld(options);
  const effects = createScaleEffects(world);
  const change = await plan(world);
  const start = (more: object = {}) => effects.start({ remediationId, epoch: 1, planned: change, ...more });
  const undo = (more: object = {}) => effects.undo({ remediationId, planned: change, ...more });
  return { world, effects, change, start, undo };
}

const moved = { name: 'replicas', before: 2, after: 5 };

describe.each([
  ['replicas', { replicas: 2 }, 'replicas'],
  ['the minimum of an autoscaler', { replicas: 2, minReplicas: 2 }, 'minReplicas'],
])('scaling %s', (_what, options, name) => {
  it('moves it once, however often it is tried, under a name of its own', async () => {
    const { world, start } = await planned(options);
    const done = { changed: true, text: 'Scaled 2 -> 5', moved: { ...moved, name }, handle: {} };
    expect(await start()).toEqual(done);
    const before = structuredClone([...world.objects]);
    expect(await start()).toEqual(done);
    expect([...world.objects]).toEqual(before);
    expect(JSON.stringify(before)).toContain(OURS);
  });

  it('finds what another hand had set to the very same, and takes no part in it', async () => {
    const { world, start, undo } = await planned(options);
    world.set('kubectl', 5);
    const result = await start();
    expect(result).toMatchObject({ changed: false, text: 'It stands at 5 already' });
    expect(await undo({ result })).toMatchObject({ status: 'left_alone', found: '5', by: 'kubectl' });
  });

  it('is refused where another hand was faster, with both values and whose it was', async () => {
    const { world, start } = await planned(options);
    world.set('kubectl', 4);
    await expect(start()).rejects.toMatchObject({
      type: 'TargetChanged',
      message: 'it was 2, kubectl has set 4 meanwhile; the plan wanted 5',
    });
  });

  it('is held off by another remediation', async () => {
    const { world, start } = await planned(options);
    world.set('mendloop-00000000000000bb-7', 6);
    await expect(start()).rejects.toMatchObject({ type: 'TargetHeld' });
  });

  it('never touches what is not there, or was created anew', async () => {
    const { world, effects, change, start, undo } = await planned(options);
    const result = await start();
    world.replace(3);
    const gone = { status: 'gone', text: expect.stringContaining('is gone, or was created anew') as string };
    // An autoscaler outlives the workload, with what was set of it.
    const restored = { status: 'restored', text: 'Put back 5 -> 2', moved: { name, before: 5, after: 2 } };
    const undone = name === 'replicas' ? gone : restored;
    expect(await effects.stands?.({ remediationId, planned: change, result })).toEqual(gone);
    expect(await undo({ result })).toEqual(undone);
    world.replace();
    expect(await undo({ result })).toEqual(undone);
    await expect(start()).rejects.toMatchObject({ type: 'TargetNotFound' });
  });

  it('is previewed without being done', async () => {
    const { world, effects, change } = await planned(options);
    const before = structuredClone([...world.objects]);
    const { moves, diff } = await effects.preview(change);
    expect(moves).toEqual({ ...moved, name });
    expect(diff).toMatch(/^-.*: 2$/m);
    expect(diff).toMatch(/^\+.*: 5$/m);
    expect([...world.objects]).toEqual(before);
    world.set('kubectl', 3);
    await expect(effects.preview(change)).rejects.toMatchObject({ type: 'TargetChanged' });
  });

  it('is put back, once, and also where its answer was never heard', async () => {
    const { world, start, undo } = await planned(options);
    const result = await start();
    const restored = { status: 'restored', text: 'Put back 5 -> 2', moved: { name, before: 5, after: 2 } };
    expect(await undo()).toEqual(restored);
    expect(await undo({ result })).toEqual(restored);
    expect(await plan(world)).toMatchObject({ change: { from: 2 } });
  });

  it('is left where another hand has moved it since', async () => {
    const { world, effects, change, start, undo } = await planned(options);
    const result = await start();
    expect(await effects.stands?.({ remediationId, planned: change, result })).toEqual({ status: 'stands' });
    world.set('argocd-controller', 3);
    expect(await undo({ result })).toEqual({
      status: 'left_alone',
      text: 'Left at 3, which argocd-controller has set after our 5',
      ...{ expected: '5', found: '3', by: 'argocd-controller' },
    });
    expect(await effects.stands?.({ remediationId, planned: change, result })).toEqual({
      status: 'moved',
      text: 'argocd-controller has set 3 where we had set 5',
      ...{ expected: '5', found: '3', by: 'argocd-controller' },
    });
  });

  it('is not ours any more where another hand has moved it and set it anew', async () => {
    const { world, effects, change, start } = await planned(options);
    const result = await start();
    for (const value of [2, 5]) world.set('flux', value);
    expect(await effects.stands?.({ remediationId, planned: change, result })).toEqual({
      status: 'moved',
      text: 'flux has moved it since, and set 5 anew where we had set 5',
      ...{ expected: '5', found: '5', by: 'flux' },
    });
  });

  it('is told where another remediation has moved it since, and to what', async () => {
    const { world, effects, change, start } = await planned(options);
    const result = await start();
    world.set('mendloop-00000000000000bb-7', 4);
    expect(await effects.stands?.({ remediationId, planned: change, result })).toMatchObject({
      ...{ status: 'moved', byRemediations: 4 },
    });
  });

  it('that another hand has put back is told so, and not as if nothing had been done', async () => {
    const { world, effects, change, start, undo } = await planned(options);
    const result = await start();
    world.set('argocd-controller', 2);
    expect(await undo({ result })).toEqual({
      status: 'nothing_to_undo',
      text: 'We had set 5, and argocd-controller has put it back to 2 already',
    });
    expect(await effects.stands?.({ remediationId, planned: change, result })).toMatchObject({ status: 'moved' });
  });

  it('that never happened leaves nothing to undo', async () => {
    const { undo } = await planned(options);
    expect(await undo()).toEqual({ status: 'nothing_to_undo', text: 'It stands at 2, as before' });
  });

  it('goes on in steps from where it was left, and is undone from there', async () => {
    const { effects, change, start, undo } = await planned(options);
    const result = await start();
    expect(await start({ step: { from: 5, to: 4 } })).toMatchObject({ changed: true, text: 'Scaled 5 -> 4' });
    expect(await effects.stands?.({ remediationId, planned: change, result, value: 4 })).toEqual({ status: 'stands' });
    expect(await undo({ result })).toMatchObject({ status: 'restored', moved: { before: 4, after: 2 } });
  });

  it('is tried again where it changed in the very moment', async () => {
    const { world, start, undo } = await planned(options);
    await start();
    world.beforePatch = () => world.set(OURS, 7);
    await expect(undo()).rejects.toMatchObject({ type: 'KubernetesThrottled' });
  });
});

describe('waiting for a scaled workload', () => {
  const observe = (world: WorkloadWorld, change: PlannedChange, more: object = {}) =>
    createScaleEffects(world).observe(
      {
        ...{ remediationId, planned: change, result: { changed: true, text: '', handle: {} } },
        deadlineAt: Date.now() + 400,
        ...more,
      },
      never,
      () => Promise.resolve(true),
    );

  it('ends when so many are ready as were wanted', async () => {
    const { world, change, start } = await planned();
    await start();
    world.roll();
    expect(await observe(world, change)).toEqual({
      text: '5 ready replicas',
      readings: [{ name: 'ready replicas', text: '5', value: 5 }],
    });
  });

  it('waits for what a later step has set', async () => {
    const { world, change, start } = await planned();
    await start();
    await start({ step: { from: 5, to: 4 } });
    world.roll();
    expect(await observe(world, change, { value: 4 })).toMatchObject({ text: '4 ready replicas' });
  });

  it.each([{ replicas: 2 }, { replicas: 2, minReplicas: 2 }])(
    'ends at once where another hand has moved it: %j',
    async (options) => {
      const { world, change, start } = await planned(options);
      await start();
      world.set('kubectl', 3);
      await expect(observe(world, change)).rejects.toMatchObject({
        type: 'TargetChanged',
        message: 'kubectl has set Deployment production/order-service to 3 while 5 were waited for',
      });
    },
  );

  it('waits out what the controller had said before the act, and takes its new word', async () => {
    const world = new WorkloadWorld({ replicas: 2 });
    const stuck = (lastUpdateTime: string) => ({
      ...{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'timed out' },
      lastUpdateTime,
    });
    const old = stuck(world.now);
    const effects = createScaleEffects(world);
    world.roll([old], 1);
    const change = await plan(world);
    await effects.start({ remediationId, epoch: 1, planned: change }); // In the very second of the complaint.
    world.roll([old], 1);
    await expect(observe(world, change)).rejects.toMatchObject({
      type: 'EffectTimedOut',
      message: expect.stringContaining('1 of 5 ready; ProgressDeadlineExceeded') as string,
    });
    world.roll([stuck(world.pass(30))], 1);
    await expect(observe(world, change)).rejects.toMatchObject({ type: 'EffectFailed' });
    world.roll([old]);
    expect(await observe(world, change)).toMatchObject({ text: '5 ready replicas' });
  });

  it('waits out what was said after the look and before the act', async () => {
    const { world, change, start } = await planned();
    const lastTransitionTime = world.pass(5);
    const refused = { type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: full', lastTransitionTime };
    world.pass(5);
    await start();
    world.roll([refused], 2);
    await expect(observe(world, change)).rejects.toMatchObject({ type: 'EffectTimedOut' });
  });
});

describe('the marks of a scaled target', () => {
  it('say by whom it is held, from where it came and to where it goes; its holder alone takes them off', async () => {
    const { world, effects, change } = await planned();
    await effects.hold?.({ remediationId, epoch: 1, planned: change });
    const marks = {
      'mendloop.dev/remediation': remediationId,
      'mendloop.dev/baseline-replicas': '2',
      'mendloop.dev/intended-replicas': '5',
    };
    expect(world.workload.metadata.annotations).toEqual(marks);
    await effects.hold?.({ remediationId, epoch: 1, planned: change, step: { from: 5, to: 4 } });
    expect(world.workload.metadata.annotations).toEqual({ ...marks, 'mendloop.dev/intended-replicas': '4' });
    await effects.release({ remediationId: 'remediation/default/B/00000000000000bb/1', planned: change });
    expect(world.workload.metadata.annotations).toHaveProperty('mendloop.dev/remediation');
    await effects.release({ remediationId, planned: change });
    await effects.release({ remediationId, planned: change });
    expect(world.workload.metadata.annotations).toEqual({});
  });

  it('keep the baseline of the first where a later remediation goes on from a lease', async () => {
    const { world, effects, change, start } = await planned();
    await start();
    await effects.hold?.({ remediationId, epoch: 1, planned: change });
    const next = await plan(world, { add: 1, max: 9 });
    expect(next).toMatchObject({ baseline: 2, heldBy: remediationId, change: { from: 5, to: 6 } });
    const other = 'remediation/default/B/00000000000000bb/1';
    await effects.hold?.({ remediationId: other, epoch: 1, planned: next });
    expect(world.workload.metadata.annotations).toMatchObject({ 'mendloop.dev/baseline-replicas': '2' });
  });
});

it('takes no change that it did not make itself', async () => {
  const { effects, change } = await planned();
  const foreign = { ...change, change: { from: 2, to: -1 } };
  await expect(effects.start({ remediationId, epoch: 1, planned: foreign })).rejects.toThrow();
});
