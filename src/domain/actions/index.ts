import * as catalogue from './catalogue.ts';
import type { ActionDefinition } from './contract.ts';

/** The name of an action, which is also the name of the activity that does it. */
export type ActionName = keyof typeof catalogue;

/** The catalogue: every folder beside this file, by the name that plans give it. */
export const ACTIONS: Readonly<Record<string, ActionDefinition>> = { ...catalogue };
