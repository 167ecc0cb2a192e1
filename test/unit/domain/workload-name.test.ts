import { describe, expect, it } from 'vitest';
import { modeContext } from '../../../src/domain/decision/mode-flag.ts';
import { workloadName } from '../../../src/domain/target/workload-name.ts';
import { aQuestion } from '../flags/flag-files.ts';

describe('the name of a workload, by the name of its Pod', () => {
  it.each([
    ["a Deployment's Pod", 'order-service-7d9c5b8f64-x2x9k', 'order-service'],
    ["a Deployment's Pod with a short hash", 'order-service-7d9c5-x2x9k', 'order-service'],
    ['a Pod of a Deployment that looks like a Pod of a set', 'web-0-7d9c5b8f64-x2x9k', 'web-0'],
    ["a StatefulSet's Pod", 'postgres-0', 'postgres'],
    ["a StatefulSet's Pod with a number in its name", 'kafka-2-11', 'kafka-2'],
    ['a Pod of its own', 'order-service', 'order-service'],
    ['one random part alone', 'order-service-x2x9k', 'order-service-x2x9k'],
    ['vowels, which no random part has', 'order-service-canary', 'order-service-canary'],
    ['digits that no random part has', 'order-service-7d9c5b8f61-x2x9k', 'order-service-7d9c5b8f61-x2x9k'],
    ['a hash that is too long', 'order-service-7d9c5b8f64b-x2x9k', 'order-service-7d9c5b8f64b-x2x9k'],
    ['nothing before its suffixes', '7d9c5b8f64-x2x9k', '7d9c5b8f64-x2x9k'],
  ])('of %s: %s', (_what, pod, name) => {
    expect(workloadName(pod)).toBe(name);
  });
});

describe('what a target draws its share by', () => {
  const keyOf = (kind: 'Pod' | 'Deployment', name: string) => modeContext(aQuestion({ kind, name })).targetingKey;

  it('is the same for a Pod and the one that replaces it', () => {
    expect(keyOf('Pod', 'order-service-7d9c5b8f64-x2x9k')).toBe('default/production/Pod/order-service');
    expect(keyOf('Pod', 'order-service-6b5f4c7d89-q7z8w')).toBe('default/production/Pod/order-service');
  });

  it('is the whole name of a workload, whatever it looks like', () => {
    expect(keyOf('Deployment', 'shard-0')).toBe('default/production/Deployment/shard-0');
  });
});
