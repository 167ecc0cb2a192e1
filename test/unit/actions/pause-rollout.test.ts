import { describe, expect, it } from 'vitest';
import { pauseRolloutAction } from '../../../src/domain/actions/pause_rollout/pause-rollout.ts';
import type { TemplateFacts } from '../../../src/domain/actions/template-facts.ts';

const target = { cluster: 'default', namespace: 'shop', kind: 'Deployment', name: 'api' };
const underWay = '1 of 3 Pods are of its newest template';
const atRest: TemplateFacts = { uid: 'u', labels: {}, wanted: 3, ready: 3, updated: 3, leaves: 2, complaints: [] };

function plan({
  facts = {},
  isPaused = false,
  kind = 'Deployment',
}: {
  facts?: Partial<TemplateFacts>;
  isPaused?: boolean;
  kind?: string;
}) {
  const seen = { target: { ...target, kind }, objects: [], template: 'f', facts: { ...atRest, ...facts }, isPaused };
  return pauseRolloutAction.plan({ target, parameters: {}, seen });
}

describe('pausing a rollout', () => {
  it('says what it does, and how a human takes it back', () => {
    expect(plan({ facts: { underWay } })).toMatchObject({
      ...{ title: 'pause the rollout of Deployment shop/api', isDone: false, undo: 'exact' },
      command: 'kubectl -n shop rollout pause deployment api',
      manualUndo: 'kubectl -n shop rollout resume deployment api',
    });
  });

  it('is done where another hand has paused it, whose it is to resume', () => {
    const planned = plan({ isPaused: true });
    expect(planned).toMatchObject({ isDone: true });
    expect(planned).not.toHaveProperty('manualUndo');
  });

  it('is refused where nothing is rolled out, and of what knows no pause', () => {
    expect(() => plan({})).toThrow(expect.objectContaining({ type: 'NotIndicated' }) as Error);
    expect(() => plan({ kind: 'StatefulSet' })).toThrow(
      expect.objectContaining({ type: 'TargetUnsupported' }) as Error,
    );
  });
});
