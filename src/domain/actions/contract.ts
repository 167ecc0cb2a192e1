import type { z } from 'zod';
import type { JsonObject } from '../audit/canonical-json.ts';
import type { Ownership } from '../authority/ownership.ts';
import type { Target } from '../target/target.ts';
import type { Movement, Reading } from './readings.ts';

/**
 * How an action is undone. `exact`: the object stands as before. `forward`: a later step makes good, as another rollout
 * does. `none`: what was done stays done. Policy, approval and ladder read it.
 */
export const Undo = { Exact: 'exact', Forward: 'forward', None: 'none' } as const;
export type Undo = (typeof Undo)[keyof typeof Undo];

/** Where an action's target lies: it decides which role the permissions go into. */
export const Scope = { Namespaced: 'namespaced', Cluster: 'cluster' } as const;
export type Scope = (typeof Scope)[keyof typeof Scope];

/** How long an action takes until it is done: the deadline of `observe` comes from the plan, its patience from this. */
export const Pace = { Instant: 'instant', Minutes: 'minutes', Human: 'human' } as const;
export type Pace = (typeof Pace)[keyof typeof Pace];

/** One rule of a Kubernetes Role or ClusterRole. */
export interface Permission {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly scope: Scope;
}

/** What a change adds to what the scheduler reserves. Negative where it frees. */
export interface AddedRequests {
  /** CPU cores of all added Pods together. */
  readonly cpu: number;
  /** Bytes of memory of all added Pods together. */
  readonly memory: number;
  /** For people, without the price: `3 more Pods`. */
  readonly text: string;
  /** A priced resource that the Pods do not declare: then the cost is unknown, not zero. */
  readonly undeclared?: readonly ('cpu' | 'memory')[];
}

/**
 * What an action has worked out from what it saw: recorded in the history, never worked out again. Everything outside
 * the action's own folder reads only this.
 */
export interface PlannedChange {
  readonly action: string;
  /** Version of the action's parameters and change. */
  readonly version: number;
  /** The object that is acted on, as resolved: never what the alert merely named. */
  readonly target: Target;
  /** UID of the object, so that one deleted and created again under the same name is never touched. */
  readonly uid: string;
  /** What the action's effects take; opaque to everything else. */
  readonly change: JsonObject;
  /** Doing it would change nothing. */
  readonly isDone: boolean;
  /** One line for people: `scale Deployment production/order-service 2 -> 5`. */
  readonly title: string;
  /** What is waited for after the act: `5 ready replicas`. */
  readonly awaits: string;
  readonly undo: Undo;
  /** What a human types to undo it; absent where there is nothing to type. */
  readonly manualUndo?: string;
  /** What it does, as a human would type it. */
  readonly command: string;
  /** Further objects that it must hold while it acts, in their order, each as `formatTarget` gives it. */
  readonly locks: readonly string[];
  /** Absent: adds nothing. */
  readonly adds?: AddedRequests;
  /** The number that it moves, where it moves one. */
  readonly moves?: Movement;
  /** What was seen of the target: shown to people, drawn where there is a number. */
  readonly readings: readonly Reading[];
  /** Where an earlier lease of the target was to end, if it had not come there yet; else where the target stands now. */
  readonly baseline?: number;
  /** ID of the remediation that holds the target by its marks, if one does. */
  readonly heldBy?: string;
  /** Labels of the object that is acted on, or of what owns it. */
  readonly labels: Readonly<Record<string, string>>;
  /** What follows from the object; added to what the action has worked out, for every action alike. */
  readonly ownership?: Ownership;
}

/** The pure half of an action: what it takes, and what it would do. No I/O, no clock. */
export interface ActionDefinition<Parameters = unknown, Seen = unknown> {
  readonly name: string;
  readonly version: number;
  /** What it is, in a few words, for lists. */
  readonly summary: string;
  /** How it is undone, for people; undefined for one that cannot be. */
  readonly compensation: string | undefined;
  readonly parameters: z.ZodType<Parameters>;
  /** Kinds that a plan may name. */
  readonly kinds: readonly string[];
  readonly scope: Scope;
  readonly undo: Undo;
  readonly pace: Pace;
  /** What makes it idempotent, in one sentence. */
  readonly idempotence: string;
  readonly permissions: readonly Permission[];
  /** Whether a lease may take its change back in steps. */
  readonly leasable: boolean;
  /** What a plan wants, for people: `to 5 replicas`. */
  describe(parameters: Parameters): string;
  /** @throws MendloopError of a type that says why it must not be done. */
  plan(request: PlanRequest<Parameters, Seen>): PlannedChange;
}

export interface PlanRequest<Parameters, Seen> {
  readonly target: Target;
  readonly parameters: Parameters;
  readonly seen: Seen;
}
