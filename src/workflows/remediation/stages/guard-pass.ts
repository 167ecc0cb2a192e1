import { CancellationScope, condition, defineSignal, setHandler } from '@temporalio/workflow';
import type { BudgetEntry } from '../../../activities/reserve-money.ts';
import type { Alert } from '../../../domain/alert/alert.ts';
import type {
  LeaderEnded,
  PauseNotice,
  Refused,
  TargetAnswer,
  Turn,
  YieldRequest,
} from '../../../domain/guards/messages.ts';
import {
  CLUSTER_TURN_SIGNAL,
  GUARD_LEADER_ENDED_SIGNAL,
  GUARD_PAUSED_SIGNAL,
  GUARD_TURN_SIGNAL,
  GUARD_YIELD_SIGNAL,
} from '../../../domain/guards/names.ts';
import { Outcome } from '../../../domain/remediation/outcome.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { Step } from '../../../domain/remediation/remediation.ts';
import type { ScaleTarget } from '../../../domain/target/target.ts';
import { read } from '../../activity-profiles.ts';
import type { Ending } from '../ending.ts';
import type { RemediationRecord } from '../record.ts';
import { WaitingFor } from '../../../contract/search-attributes.ts';

export const guardTurnSignal = defineSignal<[Turn]>(GUARD_TURN_SIGNAL);
export const clusterTurnSignal = defineSignal<[Turn]>(CLUSTER_TURN_SIGNAL);
export const guardLeaderEndedSignal = defineSignal<[LeaderEnded]>(GUARD_LEADER_ENDED_SIGNAL);
export const guardPausedSignal = defineSignal<[PauseNotice]>(GUARD_PAUSED_SIGNAL);
export const guardYieldSignal = defineSignal<[YieldRequest]>(GUARD_YIELD_SIGNAL);

/** How long a joined remediation trusts that it will be told: ten minutes without news are no longer usual. */
const ASK_AGAIN_MS = 600_000;

/** UTF-16 code units of an alert's name. */
const MAX_NAME = 100;

/** Passed, after waiting or at once; or how the remediation ends because it may not pass. */
export type Passage =
  { readonly status: 'passed'; readonly waited: boolean } | { readonly status: 'ends'; readonly ending: Ending };

interface GuardPassParts {
  readonly id: string;
  readonly alert: Alert;
  readonly record: RemediationRecord;
}

/** A remediation's dealings with the guards: what it holds of them, what they have told it, and giving it back. */
export class GuardPass {
  readonly #parts: GuardPassParts;
  #targetTurn: Turn | undefined;
  #clusterTurn: Turn | undefined;
  #leaderEnded: LeaderEnded | undefined;
  #pause: PauseNotice | undefined;
  #yieldTo: string | undefined;
  #onYield: (() => void) | undefined;
  #holdsTarget: ScaleTarget | undefined;
  #holdsCluster: ScaleTarget | undefined;
  #actedAt: number | undefined;
  #reserving: BudgetEntry | undefined;

  constructor(parts: GuardPassParts) {
    this.#parts = parts;
    setHandler(guardTurnSignal, (turn) => void (this.#targetTurn = turn));
    setHandler(clusterTurnSignal, (turn) => void (this.#clusterTurn = turn));
    setHandler(guardLeaderEndedSignal, (end) => void (this.#leaderEnded = end));
    setHandler(guardPausedSignal, (notice) => void (this.#pause = notice.paused ? notice : undefined));
    setHandler(guardYieldSignal, ({ to }) => {
      this.#yieldTo ??= to;
      this.#onYield?.();
    });
  }

  /** Who waits for the target while this remediation only leases it; undefined: nobody. */
  get yieldTo(): string | undefined {
    return this.#yieldTo;
  }

  /** Calls back, once, when somebody waits for the target; returns what takes the call back. */
  onYield(callback: () => void): () => void {
    this.#onYield = callback;
    if (this.#yieldTo !== undefined) callback();
    return () => (this.#onYield = undefined);
  }

  /** The target was changed now: cooldowns and rates count from here. */
  noteAct(): void {
    this.#actedAt = Date.now();
  }

  /** Money is asked for: before it is known, because an answer that was never heard may have been a yes. */
  noteReserving(entry: BudgetEntry): void {
    this.#reserving = entry;
  }

  /** Exclusive hold of the target, a shared end, a turn later, or a refusal. */
  async enterTarget(target: ScaleTarget, { action, guards: clause }: Plan): Promise<Passage> {
    const { id, alert, record } = this.#parts;
    this.#holdsTarget = target; // Before it is known: an answer that was never heard may have been a grant.
    // Guards remember thousands of them, within one payload.
    const alertKey = `${(alert.labels['alertname'] ?? '').slice(0, MAX_NAME)}/${alert.fingerprint}`;
    const ask = () =>
      read('enter the target guard', (activities) =>
        activities.enterTarget({ remediationId: id, target, alertKey, action, clause }),
      );
    const answer = await ask();
    switch (answer.status) {
      case 'granted':
        return passed();
      case 'refused':
        return this.#refuse(answer);
      case 'joined':
        record.enter(Step.Joined, `${answer.leader} works on the target already: sharing its end`, {
          leader: answer.leader,
        });
        return this.#untilLeaderEnds(answer.leader, ask);
      case 'queued':
        record.enter(Step.PassingGuards, `Waiting for the target, as number ${answer.position}: ${answer.text}`);
        return this.#untilTurn(() => this.#targetTurn, clause.waitSeconds);
    }
  }

  /** A place among those that may change the cluster at once, now, later or not at all. */
  async enterCluster(target: ScaleTarget, { guards: clause }: Plan): Promise<Passage> {
    const { id, record } = this.#parts;
    this.#holdsCluster = target;
    const answer = await read('enter the cluster guard', (activities) =>
      activities.enterCluster({ remediationId: id, target }),
    );
    switch (answer.status) {
      case 'granted':
        return passed();
      case 'refused':
        return this.#refuse(answer);
      case 'queued':
        record.enter(Step.PassingGuards, `Waiting in the cluster, as number ${answer.position}: ${answer.text}`);
        return this.#untilTurn(() => this.#clusterTurn, clause.waitSeconds);
    }
  }

  /** Holds back while the pause switch is on. Call it before each effect that is not an undo. */
  async whileNotPaused(waitSeconds: number): Promise<Ending | undefined> {
    const { record } = this.#parts;
    const pause = this.#pause;
    if (pause === undefined) return undefined;
    record.enter(Step.Paused, `Paused by ${pause.by}: ${pause.reason}`);
    const over = await condition(() => this.#pause === undefined || record.findings.alertResolved, waitSeconds * 1000, {
      summary: 'wait for the pause switch',
    });
    if (over && this.#pause === undefined) return undefined;
    return record.findings.alertResolved
      ? healthy()
      : {
          outcome: Outcome.Suppressed,
          text: `Paused by ${pause.by} for longer than ${waitSeconds} s: ${pause.reason}`,
        };
  }

  /**
   * The same for a lease, of which the cluster guard knows nothing: it is asked. Ends early when somebody waits for the
   * target, and when the seconds are over. Returns whether it had to wait.
   */
  async whileLeaseNotPaused(
    target: ScaleTarget,
    { waitSeconds, lookSeconds }: { waitSeconds: number; lookSeconds: number },
  ): Promise<boolean> {
    const { record } = this.#parts;
    const endsAt = Date.now() + waitSeconds * 1000;
    const ask = () => read('look at the pause switch', (activities) => activities.readPause({ target }));
    let pause = await ask();
    if (pause === undefined) return false;
    record.enter(Step.Paused, `Paused by ${pause.by}: ${pause.reason}`);
    while (pause !== undefined && this.#yieldTo === undefined && Date.now() < endsAt) {
      const seconds = Math.min(lookSeconds, (endsAt - Date.now()) / 1000);
      await condition(() => this.#yieldTo !== undefined, Math.max(1, seconds * 1000), {
        summary: 'wait for the pause switch',
      });
      pause = await ask();
    }
    return true;
  }

  /** The proof is there, or the change is undone: others may change the cluster now. */
  async leaveCluster(settled: { outcome: Outcome; text: string; budgetKept: boolean }): Promise<void> {
    await this.#leave({ ...settled, cluster: true, target: false, acted: true });
  }

  /** Gives everything back; the target guard passes the end on to those that joined. Never throws. */
  async leaveAll(end: { outcome: Outcome; text: string; acted: boolean; budgetKept: boolean }): Promise<void> {
    await this.#leave({ ...end, cluster: true, target: true });
  }

  /** Lets others have the target as soon as they ask, while only a lease is left to do. */
  async startYielding(): Promise<void> {
    const target = this.#holdsTarget;
    if (target === undefined) return;
    await read('lend the target', (activities) =>
      activities.yieldTarget({
        ...{ remediationId: this.#parts.id, target },
        ...(this.#actedAt === undefined ? {} : { actedAt: this.#actedAt }),
      }),
    );
  }

  async #leave(end: {
    outcome: Outcome;
    text: string;
    acted: boolean;
    budgetKept: boolean;
    cluster: boolean;
    target: boolean;
  }): Promise<void> {
    const { record, id } = this.#parts;
    const { outcome, text, acted, budgetKept } = end;
    const cluster = end.cluster ? this.#holdsCluster : undefined;
    const target = end.target ? this.#holdsTarget : undefined;
    const { budget } = record.findings;
    const ledger = budget?.ledger;
    const reserving = budget === undefined ? this.#reserving : undefined;
    if (cluster === undefined && target === undefined && ledger === undefined && reserving === undefined) return;
    await CancellationScope.nonCancellable(async () => {
      try {
        await read('leave the guards', (activities) =>
          activities.leaveGuards({
            leave: {
              ...{ remediationId: id, outcome, text, acted },
              ...(this.#actedAt === undefined ? {} : { actedAt: this.#actedAt }),
            },
            ...(cluster === undefined ? {} : { cluster }),
            ...(target === undefined ? {} : { target }),
            ...(ledger === undefined ? {} : { ledger: { id: ledger, keep: budgetKept } }),
            ...(reserving === undefined ? {} : { reserving }),
          }),
        );
        if (end.cluster) this.#holdsCluster = undefined;
        if (end.target) this.#holdsTarget = undefined;
      } catch {
        // Told again at the end; and the guards find out by themselves that this workflow has ended.
      }
    });
  }

  /**
   * Waits for the leader's end, however long that takes. Asked again now and then, because a guard that a human has
   * terminated tells nobody; asking again changes nothing where it lives.
   */
  async #untilLeaderEnds(leader: string, again: () => Promise<TargetAnswer>): Promise<Passage> {
    const isTold = () => this.#leaderEnded !== undefined || this.#targetTurn !== undefined;
    while (!(await condition(isTold, ASK_AGAIN_MS, { summary: `wait for ${leader}` }))) {
      const answer = await again();
      if (answer.status === 'granted') return { status: 'passed', waited: true };
      if (answer.status === 'refused') return this.#refuse(answer);
    }
    const end = this.#leaderEnded;
    if (end === undefined) {
      // The leader vanished, and it is our turn, unless the guard has a reason against it.
      const turn = this.#targetTurn;
      return turn?.status === 'refused' ? this.#refuse(turn) : { status: 'passed', waited: true };
    }
    this.#holdsTarget = undefined;
    return {
      status: 'ends',
      // Whoever has to know has been told by the leader.
      ending: {
        outcome: Outcome.Joined,
        text: `Joined ${leader}, which ended ${end.outcome}: ${end.text}`,
        told: true,
      },
    };
  }

  async #untilTurn(turnOf: () => Turn | undefined, waitSeconds: number): Promise<Passage> {
    const { record } = this.#parts;
    await record.whileWaiting(WaitingFor.Turn, () =>
      condition(() => turnOf() !== undefined || record.findings.alertResolved, waitSeconds * 1000, {
        summary: 'wait for a turn',
      }),
    );
    const turn = turnOf();
    if (turn?.status === 'granted') return { status: 'passed', waited: true };
    if (turn?.status === 'refused') return this.#refuse(turn);
    if (record.findings.alertResolved) return { status: 'ends', ending: healthy() };
    return {
      status: 'ends',
      ending: { outcome: Outcome.Suppressed, text: `No turn within ${waitSeconds} s of waiting` },
    };
  }

  #refuse({ reason, text }: Refused): Passage {
    return {
      status: 'ends',
      ending: { outcome: Outcome.Suppressed, text: `Held back by a guard (${reason}): ${text}` },
    };
  }
}

export function healthy(): Ending {
  return { outcome: Outcome.AlreadyHealthy, text: 'The alert resolved before anything was changed' };
}

function passed(): Passage {
  return { status: 'passed', waited: false };
}
