import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Alert } from '../../domain/alert/alert.ts';
import { defined } from '../../domain/defined.ts';
import type { LadderState } from '../../domain/ladder/ladder-state.ts';
import type { Outcome } from '../../domain/remediation/outcome.ts';
import { renderDetails } from '../../domain/remediation/remediation-details.ts';
import {
  type RemediationResult,
  type RemediationStatus,
  Step,
  type TimelineEntry,
} from '../../domain/remediation/remediation.ts';
import { Milestones } from './milestones.ts';
import { type KeywordAttribute, pairsOf, searchAttributes, WaitingFor } from '../../contract/search-attributes.ts';

type Findings = Omit<RemediationStatus, 'step' | 'outcome' | 'summary' | 'timeline'>;

/** Entries kept; a remediation has about ten, so that only a fault of ours could reach this. */
const MAX_TIMELINE = 100;

/** The running remediation's memory: what it found, where it stands, and the page the Web UI shows of it. */
export class RemediationRecord {
  #step: Step = Step.Deciding;
  #indexedOutcome: string | undefined;
  #summary = 'Alert received';
  #findings: Findings = { alertResolved: false, notified: [] };
  readonly #timeline: TimelineEntry[] = [];
  readonly #milestones: Milestones;

  constructor({ startsAt }: Pick<Alert, 'startsAt'>) {
    this.#milestones = new Milestones({ alertStartsAt: Date.parse(startsAt) });
  }

  get findings(): Findings {
    return this.#findings;
  }

  get step(): Step {
    return this.#step;
  }

  get status(): RemediationStatus {
    return { step: this.#step, summary: this.#summary, ...this.#findings, timeline: this.#timeline };
  }

  /** Keeps findings without a line in the timeline. */
  keep(findings: Partial<Findings>): void {
    this.#findings = { ...this.#findings, ...findings };
    this.#milestones.note(this.#findings);
  }

  /**
   * Enters a step, with what is done in it; or tells what has become of that, before the next one is entered. `at`: when
   * that was, where it was before now.
   */
  enter(step: Step, text: string, findings: Partial<Findings> = {}, at = new Date().toISOString()): void {
    this.keep(findings);
    this.#step = step;
    this.#summary = text;
    if (this.#timeline.length < MAX_TIMELINE) {
      this.#timeline.push({ at, step, text });
    }
    setCurrentDetails(renderDetails(this.status));
  }

  /** Goes on to the next plan of a ladder: what was found of the one before is in its list. */
  nextRung(ladder: LadderState): void {
    const { alertResolved, notified, decision, evidence, source } = this.#findings;
    this.#findings = { alertResolved, notified, ...defined({ decision, evidence, source }), ladder };
    this.enter(Step.Preparing, `Going on to rung ${ladder.rung} of ${ladder.of}`);
  }

  /** Goes on to a step of which there is nothing to tell yet. */
  reach(step: Step): void {
    this.#step = step;
    setCurrentDetails(renderDetails(this.status));
  }

  /** The final state. */
  end(outcome: Outcome, text: string): RemediationResult {
    this.enter(Step.Ended, text);
    const result: RemediationResult = { ...this.status, outcome };
    setCurrentDetails(renderDetails(result));
    return result;
  }

  /** The outcome that the list shows already. */
  get indexedOutcome(): string | undefined {
    return this.#indexedOutcome;
  }

  /** Adds to what the Web UI's list can be filtered by. One event in history, so give all that is known at once. */
  index({ cureSeconds, ...keywords }: Partial<Record<KeywordAttribute, string>> & { cureSeconds?: number }): void {
    const pairs = pairsOf(keywords);
    if (cureSeconds !== undefined) pairs.push({ key: searchAttributes.cureSeconds, value: cureSeconds });
    this.#indexedOutcome = keywords.outcome ?? this.#indexedOutcome;
    upsertSearchAttributes(pairs);
  }

  /** Waits for people or for a turn, and shows in the list that it does. */
  async whileWaiting<T>(what: Exclude<WaitingFor, 'none'>, wait: () => Promise<T>): Promise<T> {
    this.index({ waiting: what });
    const result = await wait();
    this.index({ waiting: WaitingFor.Nothing });
    return result;
  }

  /** Seconds since the workflow started, by its own clock. */
  get elapsedSeconds(): number {
    return (Date.now() - workflowInfo().startTime.getTime()) / 1000;
  }
}
