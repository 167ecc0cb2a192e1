import { describe, expect, it } from 'vitest';
import { podFacts } from '../../../src/domain/actions/pod-facts.ts';

const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'api-7', uid: 'r', controller: true };

describe('the facts of a Pod', () => {
  it('tell whether it serves, who brings it back, and what goes with it', () => {
    const facts = podFacts({
      metadata: {
        ...{ namespace: 'shop', name: 'api-1', uid: 'u' },
        ownerReferences: [{ ...owner, kind: 'Lease', controller: false }, owner],
      },
      spec: { nodeName: 'node-1', volumes: [{}, { emptyDir: {} }] },
      status: {
        phase: 'Running',
        conditions: [
          { type: 'Initialized', status: 'True' },
          { type: 'Ready', status: 'True' },
        ],
        containerStatuses: [{ restartCount: 2 }, {}, { restartCount: 3 }],
      },
    });
    const { controller: _, ...controller } = owner;
    expect(facts).toEqual({
      ...{ namespace: 'shop', name: 'api-1', uid: 'u', node: 'node-1', phase: 'Running', controller },
      ...{ isReady: true, isFinished: false, isMirror: false, hasLocalData: true, restarts: 5 },
    });
  });

  it('take one that is told to go for not serving, however ready it is', () => {
    const facts = podFacts({
      metadata: { deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    });
    expect(facts).toMatchObject({ isReady: false, going: { by: '2026-01-01T00:00:30Z', graceSeconds: 30 } });
    expect(podFacts({ metadata: { deletionTimestamp: new Date(0) } }).going).toEqual({
      ...{ by: '1970-01-01T00:00:00.000Z', graceSeconds: 0 },
    });
  });

  it.each([
    ['False', 'Running', false],
    ['Unknown', 'Running', false],
    ['False', 'Succeeded', true],
    ['False', 'Failed', true],
  ])('of Ready=%s in phase %s', (status, phase, isFinished) => {
    const facts = podFacts({ status: { phase, conditions: [{ type: 'Ready', status }] } });
    expect(facts).toMatchObject({ isReady: false, isFinished });
  });

  it('know a mirror Pod by its annotation, and nothing of one that says nothing', () => {
    expect(podFacts({ metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } }).isMirror).toBe(true);
    expect(podFacts({})).toEqual({
      ...{ namespace: '', name: '', uid: '', node: '', phase: 'Unknown', restarts: 0 },
      ...{ isReady: false, isFinished: false, isMirror: false, hasLocalData: false },
    });
  });
});
