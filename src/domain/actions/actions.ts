import type { Plan } from '../plan/plan.ts';

export interface ActionSpec {
  /** How it is undone, for people; undefined for an action that cannot be. */
  readonly compensation: string | undefined;
}

/** What every action has to declare. */
export const ACTIONS: Readonly<Record<Plan['action'], ActionSpec>> = {
  scale: { compensation: "puts the replicas, or the autoscaler's minimum, back to what they were" },
};
