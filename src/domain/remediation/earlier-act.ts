import type { PlannedChange } from '../actions/contract.ts';
import type { EffectResult } from '../actions/effects.ts';

/**
 * What an earlier run of a remediation did, or may have done, before it was reset. The run after it goes on from there:
 * what it would plan by itself would be a second change.
 */
export interface EarlierAct {
  /** The plan of its ladder, from 1; absent: the first. */
  readonly rung?: number;
  readonly planned: PlannedChange;
  /** Absent: its answer was never heard, and the effect, which is idempotent, is asked for once more. */
  readonly result?: EffectResult;
  /** What a later step has set, where one has. */
  readonly value?: number;
}

/** The prelude of a plan that an earlier run of a remediation has left standing, or may have, before it was reset. */
export interface EarlierPrelude {
  readonly planned: PlannedChange;
  /** Of the grant by which it was done. */
  readonly epoch: number;
  /** Absent: its answer was never heard. */
  readonly result?: EffectResult;
}
