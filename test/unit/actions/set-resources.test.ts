import { describe, expect, it } from 'vitest';
import type { NamespaceBound, SetResourcesSeen } from '../../../src/domain/actions/set_resources/change.ts';
import { setResourcesAction } from '../../../src/domain/actions/set_resources/set-resources.ts';
import type { TemplateFacts } from '../../../src/domain/actions/template-facts.ts';

const target = { cluster: 'default', namespace: 'shop', kind: 'Deployment', name: 'api' };
const facts: TemplateFacts = { uid: 'u', labels: {}, wanted: 3, ready: 3, updated: 3, leaves: 3, complaints: [] };
const MI = 1024 ** 2;

const container = (resources: object, name = 'main') => ({ name, resources });
const both = { requests: { memory: '128Mi', cpu: '100m' }, limits: { memory: '256Mi', cpu: '500m' } };

function plan(given: object, seen: Partial<SetResourcesSeen> = {}) {
  const parameters = setResourcesAction.parameters.parse(given);
  const base = { target, objects: [], template: 'f', facts, bounds: [], pod: { containers: [container(both)] } };
  return setResourcesAction.plan({ target, parameters, seen: { ...base, ...seen } });
}

const limits = (memory: object) => ({ limits: { memory } });
const refusal = (type: string, text: string) =>
  expect.objectContaining({ type, message: expect.stringContaining(text) as string }) as Error;

describe('setting resources', () => {
  it('goes by a step from what stands there, up to the maximum', () => {
    expect(plan(limits({ factor: 1.5, max: '1Gi' }))).toMatchObject({
      title: 'set limits of memory 256Mi -> 384Mi of container main of Deployment shop/api',
      command: 'kubectl -n shop set resources deployment api -c main --limits=memory=384Mi',
      manualUndo: 'kubectl -n shop set resources deployment api -c main --limits=memory=256Mi',
      moves: { name: 'limits of memory', before: 256 * MI, after: 384 * MI, unit: 'bytes' },
      undo: 'exact',
    });
    expect(plan(limits({ add: '1Gi', max: '300Mi' }))).toMatchObject({ change: { moves: [{ to: '300Mi' }] } });
    expect(plan({ limits: { cpu: { factor: 1.1, max: '2' } } })).toMatchObject({ change: { moves: [{ to: '550m' }] } });
    expect(plan({ limits: { cpu: { add: '1', max: '1.2' } } })).toMatchObject({ change: { moves: [{ to: '1200m' }] } });
  });

  it('costs what is reserved more, of all Pods: a limit alone reserves nothing where a request is declared', () => {
    expect(plan(limits({ factor: 2, max: '1Gi' }))).not.toHaveProperty('adds');
    expect(plan({ requests: { memory: { factor: 2, max: '1Gi' } } }).adds).toMatchObject({
      cpu: 0,
      memory: 3 * 128 * MI,
    });
    const onlyLimit = { containers: [container({ limits: { memory: '256Mi' } })] };
    expect(plan(limits({ factor: 2, max: '1Gi' }), { pod: onlyLimit }).adds).toMatchObject({ memory: 3 * 256 * MI });
  });

  it('is refused at its maximum, and where nothing is declared', () => {
    expect(() => plan(limits({ factor: 2, max: '256Mi' }))).toThrow(refusal('LimitReached', 'are 256Mi'));
    expect(() => plan(limits({ factor: 2, max: '100Mi' }))).toThrow(refusal('LimitReached', 'at most 100Mi'));
    const none = { pod: { containers: [container({})] } };
    expect(() => plan(limits({ factor: 2, max: '1Gi' }), none)).toThrow(refusal('NotIndicated', 'no limits of memory'));
  });

  it('wants to know which container is meant', () => {
    const two = { pod: { containers: [container(both), container(both, 'proxy')] } };
    const step = limits({ factor: 2, max: '1Gi' });
    expect(() => plan(step, two)).toThrow(refusal('TargetUnsupported', 'main, proxy'));
    expect(() => plan({ ...step, container: 'no' }, two)).toThrow(refusal('TargetUnsupported', 'no container no'));
    expect(plan({ ...step, container: 'proxy' }, two)).toMatchObject({ change: { container: 'proxy' } });
  });

  it('is refused where there is no room: on no node, by a LimitRange, by what is left of a quota', () => {
    const step = { requests: { memory: { factor: 2, max: '1Gi' } } };
    const node = (memory: number) => ({ largestNode: { cpu: 4, memory } });
    expect(() => plan(step, node(255 * MI))).toThrow(refusal('NoRoom', 'the largest node'));
    expect(plan(step, node(256 * MI))).toMatchObject({ isDone: false });
    const bound = (more: Partial<NamespaceBound>) => ({
      bounds: [
        { by: 'ResourceQuota team', of: 'requests', resource: 'memory', most: 0, isShared: true, ...more } as const,
      ],
    });
    expect(() => plan(step, bound({ most: 3 * 128 * MI - 1 }))).toThrow(refusal('NoRoom', 'ResourceQuota team'));
    expect(plan(step, bound({ most: 3 * 128 * MI }))).toMatchObject({ isDone: false });
    expect(() => plan(step, bound({ isShared: false, most: 255 * MI }))).toThrow(refusal('NoRoom', '256Mi'));
    expect(plan(step, bound({ of: 'limits' }))).toMatchObject({ isDone: false });
  });

  it('is refused where a rollout would not come to its end, or take the last ready Pod', () => {
    const step = limits({ factor: 2, max: '1Gi' });
    expect(() => plan(step, { facts: { ...facts, heldBack: 'it is paused' } })).toThrow(
      refusal('RolloutHeld', 'paused'),
    );
    expect(() => plan(step, { facts: { ...facts, leaves: 0 } })).toThrow(refusal('DisruptionUnsafe', '0 of 3'));
  });

  it.each([
    {},
    { limits: {} },
    limits({ factor: 1, max: '1Gi' }),
    limits({ factor: 2, max: 'much' }),
    limits({ add: '0', max: '1Gi' }),
  ])('does not take %j', (given) => {
    expect(setResourcesAction.parameters.safeParse(given).success).toBe(false);
  });
});
