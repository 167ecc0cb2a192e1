import type { Reading } from './readings.ts';
import type { TemplateFacts } from './template-facts.ts';

/** What was seen of a workload, for people. */
export function templateReadings({ wanted, ready, underWay, heldBack, quota }: TemplateFacts): Reading[] {
  const rollout = [underWay, heldBack, quota].filter((text) => text !== undefined);
  return [
    { name: 'ready Pods', text: `${ready} of ${wanted}`, value: ready },
    ...(rollout.length === 0 ? [] : [{ name: 'rollout', text: rollout.join('; ') }]),
  ];
}
