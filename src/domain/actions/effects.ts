import type { JsonObject } from '../audit/canonical-json.ts';
import type { ModeAsk } from '../decision/mode-flag.ts';
import type { PlannedChange } from './contract.ts';
import type { Movement, Reading } from './readings.ts';

/** What every effect of one remediation is given: the key of its idempotence is `remediationId` with the change's `uid`. */
export interface EffectInput {
  readonly remediationId: string;
  /** Number of the grant, asked for just before the effect. */
  readonly epoch: number;
  readonly planned: PlannedChange;
  /** What the flags are asked again just before the effect; absent: no flag has a say. */
  readonly mode?: ModeAsk;
  /** Attempts before this series of them may have acted, and their answer was lost. */
  readonly again?: boolean;
  /** The plan of a ladder that it is of, from 2; absent: the first. */
  readonly rung?: number;
  /** It comes before the change of its plan, and makes room for it. */
  readonly prelude?: true;
  /** A later step of the same remediation, as of a lease: it moves on from what an earlier one set. */
  readonly step?: { readonly from: number; readonly to: number };
}

export interface EffectResult {
  /** False if the target stood there already by another's hand: then there is nothing of ours to undo. */
  readonly changed: boolean;
  /** In the past tense, for people: `Scaled 2 -> 5`. */
  readonly text: string;
  readonly moved?: Movement;
  readonly readings?: readonly Reading[];
  /** What `observe`, `undo` and `stop` need of it. */
  readonly handle: JsonObject;
}

/** The effect is done. */
export interface Observed {
  /** `5 ready replicas`. */
  readonly text: string;
  readonly readings: readonly Reading[];
}

/** When it was seen to be done: ISO 8601, by the worker's clock. */
export type ObservedAt = Observed & { readonly at: string };

/** What an undo found. `left_alone` means that another hand changed the target after us. */
export type UndoResult =
  | { readonly status: 'restored'; readonly text: string; readonly moved?: Movement }
  | { readonly status: 'nothing_to_undo'; readonly text: string }
  | {
      readonly status: 'left_alone';
      readonly text: string;
      /** What we had set, what was found, and who set it, for people. */
      readonly expected: string;
      readonly found: string;
      readonly by: string;
    }
  | { readonly status: 'gone'; readonly text: string };

/** Whether what was done still stands between act and verdict: who moves it takes the cure away from us. */
export type Standing =
  | { readonly status: 'stands' }
  | {
      readonly status: 'moved';
      readonly text: string;
      /** What we had set, what was found, and who set it, for people. */
      readonly expected: string;
      readonly found: string;
      readonly by: string;
      /** The number that is moved, as other remediations, and no other hand, have set it. */
      readonly byRemediations?: number;
    }
  | { readonly status: 'gone'; readonly text: string };

/** A planned change as the API server's dry run answers it; nothing was changed. */
export interface ChangePreview {
  readonly moves?: Movement;
  /** Unified diff of the object, for an approver; bounded. */
  readonly diff: string;
}
