import type { PodFacts } from '../../../src/domain/actions/pod-facts.ts';

/** A ready Pod of a ReplicaSet, but for what is given. */
export function aPod(name = 'api-1', facts: Partial<PodFacts> = {}): PodFacts {
  return {
    namespace: 'shop',
    name,
    uid: `uid-${name}`,
    node: 'node-1',
    phase: 'Running',
    isReady: true,
    isFinished: false,
    isMirror: false,
    hasLocalData: false,
    restarts: 0,
    controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'api-7', uid: 'uid-api-7' },
    ...facts,
  };
}

export function withoutController(pod: PodFacts): PodFacts {
  const { controller: _, ...alone } = pod;
  return alone;
}

export const going = (graceSeconds = 30) => ({ going: { by: '2026-01-01T00:00:30Z', graceSeconds } });
