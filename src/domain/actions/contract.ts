import type { z } from 'zod';
import type { JsonObject } from '../audit/canonical-json.ts';
import type { Ownership } from '../authority/ownership.ts';
import type { ObjectCondition } from '../plan/object-condition.ts';
import type { FactName, FactParts } from '../precondition/facts.ts';
import type { JudgedPrecondition, PreconditionKind } from '../precondition/precondition.ts';
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

/** One rule of a Kubernetes Role or ClusterRole. */
export interface Permission {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly scope: Scope;
  /**
   * Fields of `spec` that are patched, the last one `template.metadata` where a template's containers stay as they are;
   * absent: none, only marks. The chart's admission policy holds the account to them.
   */
  readonly fields?: readonly string[];
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

/** The object whose conditions tell whether an action has worked, and what it is to become. */
export interface ProofSubject {
  readonly target: Target;
  /** Pods that it is to have at least; absent: as many as it asks for. */
  readonly pods?: number;
  /** Bytes that a claim is to have at least; absent: as many as it asks for. */
  readonly storageBytes?: number;
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
  /** What its conditions are judged on; absent: the target, as it asks to be. */
  readonly subject?: ProofSubject;
  /** Doing it would change nothing. */
  readonly isDone: boolean;
  /** One line for people: `scale Deployment production/order-service 2 -> 5`. */
  readonly title: string;
  /** What is waited for after the act: `5 ready replicas`. */
  readonly awaits: string;
  readonly undo: Undo;
  /** What it begins goes on by itself: its undo ends that, also where what it has done by then stays. */
  readonly goesOn?: boolean;
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
  /** What the plan wanted to be so before the act, each with what was seen; absent: it wanted nothing. */
  readonly preconditions?: readonly JudgedPrecondition[];
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
  /** What makes it idempotent, in one sentence. */
  readonly idempotence: string;
  readonly permissions: readonly Permission[];
  /** What holds when it has worked: the proof of a plan that names none. Judged on the change's `subject`. */
  readonly proof: readonly ObjectCondition[];
  /** Why a human says yes before each act, whatever policy and mode say; absent: those decide. */
  readonly asks?: string;
  /** What it can make worse, and what keeps that small, for people. */
  readonly danger?: string;
  /** The parts of its `facts`: which preconditions a plan may have. Absent: those alone that every action is judged by. */
  readonly sees?: readonly FactName[];
  /** Whether a lease may take its change back in steps. */
  readonly leasable: boolean;
  /**
   * Its change is for a while: a plan that does not say how long has the default of `timedLease`. Where its undo is exact
   * it may be the prelude of another plan.
   */
  readonly isForAWhile?: boolean;
  /** Preconditions of a plan that it makes so, where it is the plan's prelude. */
  readonly clears?: readonly PreconditionKind[];
  /** What a plan wants, for people: `to 5 replicas`. */
  describe(parameters: Parameters): string;
  /** What it saw, for preconditions. Absent: the target alone. */
  facts?(request: PlanRequest<Parameters, Seen>): Partial<FactParts>;
  /** @throws MendloopError of a type that says why it must not be done. */
  plan(request: PlanRequest<Parameters, Seen>): PlannedChange;
}

export interface PlanRequest<Parameters, Seen> {
  readonly target: Target;
  readonly parameters: Parameters;
  readonly seen: Seen;
}
