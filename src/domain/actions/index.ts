import type { ActionDefinition } from './contract.ts';
import { deletePodAction } from './delete_pod/delete-pod.ts';
import { drainAction } from './drain/drain.ts';
import { scaleAction } from './scale/scale.ts';

const definitions = {
  scale: scaleAction,
  delete_pod: deletePodAction,
  drain: drainAction,
};

/** The name of an action, which is also the name of the activity that does it. */
export type ActionName = keyof typeof definitions;

/** The catalogue: every folder beside this file, by the name that plans give it. */
export const ACTIONS: Readonly<Record<string, ActionDefinition>> = definitions;
