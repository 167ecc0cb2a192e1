import type { Pool } from '../actions/node-facts.ts';
import type { SeenObject } from '../authority/seen-object.ts';
import type { Target } from '../target/target.ts';

/** A release of a workload, as far as a precondition asks about it. */
export interface ReleaseFacts {
  /** As `kubectl rollout history` numbers it. */
  readonly number: number;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Labels and annotations of its template, by key. */
  readonly marks: Readonly<Record<string, string>>;
}

/** What an action can have seen, by the part of it that preconditions ask for. Never recorded as a whole. */
export interface FactParts {
  /** The workload whose Pods are replaced or go. */
  readonly pods: {
    readonly workload: Target;
    /** That it is to have. */
    readonly wanted: number;
    /** Of those that are ready now, how many the action leaves so at any time. */
    readonly left: number;
    /** Something that is ready is taken away. */
    readonly losesReady: boolean;
  };
  /** That a rollout is under way, in words; undefined: it is at rest. */
  readonly rollout: { readonly underWay?: string };
  /** That a quota keeps Pods from being made, in its controller's words; undefined: none does. */
  readonly quota: { readonly complaint?: string };
  /** The newest release, and the one before that would be gone back to; undefined: there is none. */
  readonly release: { readonly from?: ReleaseFacts; readonly to?: ReleaseFacts };
  readonly nodes: Pool;
  /** Pods without a controller that would go, as `shop/api-1`. */
  readonly orphans: readonly string[];
}

export type FactName = keyof FactParts;

/** What an action says that it has seen. */
export interface Facts extends Partial<FactParts> {
  /** What is acted on, as resolved. */
  readonly target: Target;
}

/** A change that an earlier remediation has made. */
export interface EarlierChange {
  readonly remediationId: string;
  readonly action: string;
  /** Epoch ms. */
  readonly at: number;
}

/** All that preconditions are judged on. */
export interface Seen {
  readonly facts: Facts;
  readonly objects: readonly SeenObject[];
  /** Changes of the same objects by the same action, the newest first; absent: nobody asked for them. */
  readonly history?: readonly EarlierChange[];
  /** Epoch ms. */
  readonly now: number;
}
