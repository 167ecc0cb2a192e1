import type { PlannedChange } from '../../domain/actions/contract.ts';
import type {
  ChangePreview,
  EffectInput,
  EffectResult,
  Observed,
  Standing,
  UndoResult,
} from '../../domain/actions/effects.ts';
import type { Looked } from '../../domain/authority/seen-object.ts';
import type { Target } from '../../domain/target/target.ts';

export interface InspectRequest<Parameters> {
  /** As the plan names it. */
  readonly target: Target;
  readonly parameters: Parameters;
}

export interface ObserveRequest {
  readonly remediationId: string;
  readonly planned: PlannedChange;
  readonly result: EffectResult;
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number;
  /** What the number that is moved was last set to; absent: as planned. */
  readonly value?: number;
}

export interface UndoRequest {
  readonly remediationId: string;
  readonly planned: PlannedChange;
  /** Absent: the answer was never heard; the effect may have happened all the same. */
  readonly result?: EffectResult;
}

/** Whether what was done still stands. */
export type StandingRequest = Omit<ObserveRequest, 'deadlineAt'>;

export interface ReleaseRequest {
  readonly remediationId: string;
  readonly planned: PlannedChange;
}

/**
 * Asked before each further effect of an action that goes on while it is observed. False: not now, as during a pause.
 *
 * @throws MendloopError `TargetChanged` if the grant is another's by now.
 */
export type MayGoOn = () => Promise<boolean>;

/**
 * The effects half of an action. The key of everything's idempotence is `remediationId` with the change's `uid`: all of
 * it may be run again at any time, also by another process that knows nothing of the first run.
 */
export interface ActionEffects<Parameters = unknown, Seen extends Looked = Looked> {
  /** The target as it is now, resolved to the object that is acted on. @throws MendloopError. */
  inspect(request: InspectRequest<Parameters>): Promise<Seen>;
  /** What the change would do, by a dry run on the API server; changes nothing. @throws MendloopError. */
  preview(planned: PlannedChange): Promise<ChangePreview>;
  /** Acts, once. What is there already is `changed: false`. @throws MendloopError. */
  start(input: EffectInput): Promise<EffectResult>;
  /**
   * What an earlier attempt of this remediation, whose answer was lost, has done; undefined: nothing. Changes nothing: it
   * is asked where nothing more may be done, because the alert is over by then. @throws MendloopError.
   */
  done(input: EffectInput): Promise<EffectResult | undefined>;
  /**
   * Waits until the effect is done, at most until the deadline.
   *
   * @throws MendloopError `EffectFailed` if it will not be done by waiting, `EffectTimedOut`; the signal's reason when it
   * is aborted.
   */
  observe(request: ObserveRequest, signal: AbortSignal, mayGoOn: MayGoOn): Promise<Observed>;
  /** Takes back what is still ours; what it found is the result. @throws MendloopError if it should be tried again. */
  undo(request: UndoRequest): Promise<UndoResult>;
  /** Whether nothing is left to be undone: it stands where it stood before. Absent: that is not known without an undo. */
  isUndone?(request: UndoRequest): Promise<boolean>;
  /** Whether what was done still stands, between act and verdict. Absent: it cannot be taken away from us. */
  stands?(request: StandingRequest): Promise<Standing>;
  /** Ends an effect that goes on by itself, as far as that can be. Absent: there is none. */
  stop?(request: UndoRequest): Promise<void>;
  /** Marks the target as held, for people and other tools. Absent: it is not marked. */
  hold?(input: EffectInput): Promise<void>;
  /** Takes this remediation's marks off the target; tolerates that there are none. */
  release(request: ReleaseRequest): Promise<void>;
}
