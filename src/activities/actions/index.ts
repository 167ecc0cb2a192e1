import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import type { ListedPods } from '../../clients/kubernetes/listed-pods.ts';
import type { ActionName } from '../../domain/actions/index.ts';
import type { Protection } from '../authorize.ts';
import * as catalogue from './catalogue.ts';
import type { ActionEffects } from './contract.ts';

/** The effects half of every action of the catalogue, by its name. */
export type ActionEffectsByName = Readonly<Record<ActionName, ActionEffects>>;

export interface ActionEffectParts {
  readonly kubernetes: KubernetesClient;
  /** Pods that another question may have listed just now; absent: none has. */
  readonly listedPods?: ListedPods | undefined;
  /** Of what an action meets on its way; absent: it is only planned, and nothing is done. */
  readonly protection?: Protection;
  /** Service accounts that Jobs of policy's may run as, as `namespace/name`; absent: none. */
  readonly jobServiceAccounts?: readonly string[];
}

const factories: Readonly<Record<ActionName, (parts: ActionEffectParts) => ActionEffects>> = catalogue;

export function createActionEffects(parts: ActionEffectParts): ActionEffectsByName {
  const effects = Object.entries(factories).map(([name, create]) => [name, create(parts)] as const);
  return Object.fromEntries(effects) as ActionEffectsByName;
}
