import { describe, expect, it } from 'vitest';
import { restartAction } from '../../../src/domain/actions/restart/restart.ts';
import type { TemplateFacts } from '../../../src/domain/actions/template-facts.ts';

const target = { cluster: 'default', namespace: 'shop', kind: 'Deployment', name: 'api' };
const atRest: TemplateFacts = {
  uid: 'u',
  labels: { team: 'a' },
  wanted: 3,
  ready: 3,
  updated: 3,
  leaves: 2,
  complaints: [],
};

function plan(facts: Partial<TemplateFacts> = {}, given: object = {}) {
  const parameters = restartAction.parameters.parse(given);
  const seen = { target, objects: [], template: 'f', facts: { ...atRest, ...facts } };
  return restartAction.plan({ target, parameters, seen });
}

describe('restarting', () => {
  it('says what it does, as a human would type it, and that it is made good forward', () => {
    expect(plan()).toMatchObject({
      title: 'restart Deployment shop/api of 3 Pods',
      command: 'kubectl -n shop rollout restart deployment api',
      ...{ undo: 'forward', isDone: false, labels: { team: 'a' } },
    });
    expect(plan()).not.toHaveProperty('manualUndo');
    expect(plan()).not.toHaveProperty('adds');
  });

  it.each<[string, Partial<TemplateFacts>]>([
    ['ReplicaLimit', { wanted: 0 }],
    ['RolloutHeld', { heldBack: 'it is paused' }],
    ['RolloutUnderWay', { underWay: '1 of 3 Pods are of its newest template' }],
    ['DisruptionUnsafe', { leaves: 0 }],
  ])('is refused as %s', (type, facts) => {
    expect(() => plan(facts)).toThrow(
      expect.objectContaining({ type, message: expect.stringContaining('shop/api') as string }) as Error,
    );
  });

  it('may take the last ready Pod where the plan says so, and where none is ready', () => {
    expect(plan({ leaves: 0 }, { minReadyPeers: 0 })).toMatchObject({ isDone: false });
    expect(plan({ ready: 0, leaves: 0 })).toMatchObject({ isDone: false });
    expect(() => plan({}, { minReadyPeers: 3 })).toThrow('2 of 3 ready Pods would be left');
  });
});
