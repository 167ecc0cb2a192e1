import { workflowInfo } from '@temporalio/workflow';
import type { Proof } from '../../activities/prometheus.ts';
import type { PlannedChange, ProofSubject } from '../../domain/actions/contract.ts';
import type { ChangePreview, EffectInput, EffectResult, Observed, UndoResult } from '../../domain/actions/effects.ts';
import { subjectOf } from '../../domain/actions/subject-of.ts';
import type { ModeAsk } from '../../domain/decision/mode-flag.ts';
import { defined } from '../../domain/defined.ts';
import type { Verification } from '../../domain/plan/verification-clause.ts';
import type { EarlierAct } from '../../domain/remediation/earlier-act.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import { proofNames } from '../../domain/verification/check-names.ts';
import type { Baseline } from '../../domain/verification/measurement.ts';
import { effect, read, record, undo, wait } from '../activity-profiles.ts';

/** A watch event is noticed at once; this is only how often a waiting worker says that it lives. */
const HEARTBEAT_SECONDS = 2;

/** Characters of what a summary names of the proof. */
const MAX_SUMMARY = 120;

interface EffectsParts {
  readonly remediationId: string;
  readonly planned: PlannedChange;
  readonly epoch: number;
  readonly deadlineSeconds: number;
  readonly mode: ModeAsk | undefined;
  /** The plan of a ladder that it is of, from 1. */
  readonly rung: number;
  /** What a run that was reset has done, or may have done. */
  readonly earlier: Pick<EarlierAct, 'planned' | 'result' | 'value'> | undefined;
  /** It comes before the change of its plan. */
  readonly isPrelude?: true;
}

/** What a proof is taken by, and what was measured before the act. */
interface Measured {
  readonly verification: Verification;
  readonly baseline: Baseline;
}

/** A granted change: how it is done, awaited and undone, whatever the action is. */
export class Effects {
  readonly planned: PlannedChange;
  readonly #parts: EffectsParts;
  /** The effect was scheduled, and was not fenced off. */
  #scheduled = false;
  #result: EffectResult | undefined;
  #changedNothing = false;
  /** What a later step has set, where one has. */
  #value: number | undefined;
  #epoch: number;

  constructor(parts: EffectsParts) {
    this.#parts = parts;
    this.planned = parts.planned;
    this.#value = parts.earlier?.value;
    this.#epoch = parts.epoch;
  }

  /** A run that was reset may have acted, so that the fence says nothing about it. */
  get isResumed(): boolean {
    return this.#parts.earlier !== undefined;
  }

  /** Scheduled, and not proven to have changed nothing: its answer may have been lost. */
  get mayHaveActed(): boolean {
    return this.#scheduled && !this.#changedNothing;
  }

  get result(): EffectResult | undefined {
    return this.#result;
  }

  /** By what grant, for what else is asked at the fence. */
  get grant() {
    const { mode } = this.#parts;
    return { planned: this.planned, epoch: this.#epoch, mode };
  }

  /** The change, with what comes before it, as the API server says it would be. */
  static preview(planned: PlannedChange, first: PlannedChange | undefined): Promise<ChangePreview> {
    return read('preview the change', (activities) => activities.previewChange({ planned, ...defined({ first }) }));
  }

  /** `again`: an earlier call may have acted, and its answer was lost. */
  async act({ again }: { readonly again: boolean }): Promise<EffectResult> {
    this.#scheduled = true;
    const act = effect(this.planned.action, this.planned.title);
    const input = again ? { ...this.#input, again } : this.#input;
    this.#result = this.#parts.earlier?.result ?? (await act(input));
    this.#changedNothing = !this.#result.changed;
    return this.#result;
  }

  /** The fence let nothing through. */
  noteFencedOff(): void {
    this.#scheduled = false;
  }

  /** What a run that was reset has left is held by another grant now. */
  noteGrant(epoch: number): void {
    this.#epoch = epoch;
  }

  /** The target is its own again after another had it; by a grant that is another one, and where that left it. */
  noteBack({ epoch, value }: { readonly epoch: number; readonly value: number }): void {
    this.#epoch = epoch;
    this.#value = value;
  }

  /** A later step of the same remediation: it moves on from what an earlier one set. */
  async move(step: { readonly from: number; readonly to: number }): Promise<EffectResult> {
    const { action, target } = this.planned;
    const summary = `${action} ${nameTarget(target)} ${step.from} -> ${step.to}`;
    const result = await effect(action, summary)({ ...this.#input, step });
    this.#value = step.to;
    return result;
  }

  /** What conditions are judged on, as a later step has left it. */
  get subject(): ProofSubject {
    const { target, ...wants } = subjectOf(this.planned);
    return this.#value === undefined || wants.pods === undefined ? { target, ...wants } : { target, pods: this.#value };
  }

  /** What is waited for now. */
  get awaits(): string {
    return this.#value === undefined ? this.planned.awaits : `${this.#value} ${this.planned.moves?.name ?? ''}`;
  }

  observe(): Promise<Observed> {
    const { deadlineSeconds } = this.#parts;
    return wait(`wait for ${this.awaits}`, deadlineSeconds, HEARTBEAT_SECONDS).observeEffect(this.#observation);
  }

  /**
   * Waits until the effect is done, and samples fresh metrics until they prove the objective, disprove it, or the plan's
   * deadline has passed; and looks whether the target still stands where the effect left it, because a cure by another
   * hand is none of ours.
   */
  verify({ verification, baseline }: Measured): Promise<Proof> {
    const { deadlineSeconds, intervalSeconds } = verification;
    const seconds = this.#parts.deadlineSeconds + deadlineSeconds;
    const beatSeconds = Math.max(intervalSeconds, HEARTBEAT_SECONDS);
    const what = proofNames(verification).join(', ').slice(0, MAX_SUMMARY);
    return wait(`wait for ${this.awaits}, then verify ${what}`, seconds, beatSeconds).verifyRemediation({
      verification,
      baseline,
      subject: this.subject,
      awaits: this.#observation,
      ...defined({ lever: this.mayHaveActed ? this.standing : undefined }),
    });
  }

  async undo(): Promise<UndoResult> {
    const { runId, originalExecutionRunId } = workflowInfo();
    const result = await undo(`undo: ${this.planned.title}`).undoEffect({
      ...this.#input,
      ...defined({ result: this.#result, isReset: runId === originalExecutionRunId ? undefined : true }),
    });
    if (result.status === 'nothing_to_undo' && this.#result?.changed !== true) this.#changedNothing = true;
    return result;
  }

  /** Takes the marks of this remediation off the target. They are a record for people, and so is taking them off. */
  release(): Promise<void> {
    const { remediationId } = this.#parts;
    return record(`release ${nameTarget(this.planned.target)}`, (activities) =>
      activities.releaseTarget({ remediationId, planned: this.planned }),
    );
  }

  /** What is looked at to tell whether the change still stands. Where nothing was done, it stands as it was found. */
  get standing() {
    const result = this.#result ?? { changed: false, text: 'nothing was changed', handle: {} };
    return {
      remediationId: this.#parts.remediationId,
      planned: this.planned,
      result,
      ...defined({ value: this.#value }),
    };
  }

  get #observation() {
    const { deadlineSeconds } = this.#parts;
    return { ...this.standing, epoch: this.#epoch, deadlineAt: Date.now() + deadlineSeconds * 1000 };
  }

  get #input(): EffectInput {
    const { remediationId, mode, rung, isPrelude: prelude } = this.#parts;
    return {
      ...(rung === 1 ? {} : { rung }),
      ...defined({ prelude }),
      remediationId,
      epoch: this.#epoch,
      planned: this.planned,
      ...defined({ mode }),
    };
  }
}
