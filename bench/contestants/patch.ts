import { applyScale } from '../../src/clients/kubernetes/apply-scale.ts';
import type { KubernetesClient } from '../../src/clients/kubernetes/kubernetes-client.ts';
import type { LeverChange } from '../../src/clients/kubernetes/lever.ts';
import type { FreshTarget } from '../world/targets.ts';
import { type Contestant, FROM, TO } from './contestant.ts';

/** The floor of all: the compare-and-set PATCH by Mendloop's own client, and nothing else. */
export function patchAlone(kubernetes: KubernetesClient): Contestant {
  return {
    name: 'patch',
    begin: async (target) => {
      await applyScale(kubernetes, changeOf(target, 'patch'));
    },
    finish: () => Promise.resolve(),
  };
}

/** The change as a remediation would describe it. */
export function changeOf({ target, uid, key }: FreshTarget, who: string): LeverChange {
  return { remediationId: `bench/${who}/${key}`, target, uid, lever: { kind: 'replicas' }, from: FROM, to: TO };
}
