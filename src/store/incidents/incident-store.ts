import type { Alert } from '../../domain/alert/alert.ts';
import type { Incident, IncidentEnd } from '../../domain/incident/incident.ts';
import type { Judgement } from '../../domain/incident/judge.ts';
import type { Wants } from '../../domain/incident/wants.ts';

/** One alert of a delivery, with what policy wants done about it; that of one that has resolved is not looked at. */
export interface Delivered {
  readonly alert: Alert;
  readonly wants: Wants;
}

/** Several alerts as they came; judged in this order. */
export interface DeliveryToJudge {
  /** Of the settings or of the sender's credential. */
  readonly cluster: string;
  readonly delivered: readonly Delivered[];
  /** Epoch ms. */
  readonly now: number;
}

/** An incident whose reason has passed, with the alert as it was when it was opened. */
export interface DueIncident {
  readonly incident: Incident;
  readonly alert: Alert;
}

/** An end that its workflow has not heard of yet. */
export interface OwedEnd {
  readonly remediationId: string;
  /** Epoch ms, by the sender's clock. */
  readonly endHeardAt: number;
}

/**
 * The incidents of all alerts: which spell of firing a delivery belongs to. Safe with any number of processes: two that
 * judge the same alert at once agree.
 *
 * Every call rejects with MendloopError `StoreUnavailable` when the store is away; it may have taken effect then, and the
 * same call again is safe.
 */
export interface IncidentStore {
  /**
   * Judges a delivery in one commit. A `verdict` for each alert, in their order; a second entry of the same alert is
   * judged after the first.
   */
  judgeDelivery(delivery: DeliveryToJudge): Promise<readonly Judgement[]>;

  /** Which of the firing alerts belong to an open incident whose workflow has been started. One query, changes nothing. */
  recognise(delivery: { readonly cluster: string; readonly alerts: readonly Alert[] }): Promise<readonly boolean[]>;

  /**
   * Remembers what need not be tried again: workflows that have been started, ends that have been told. Gives those whose
   * end was heard and is not known to have been told: it came while their workflow was being started.
   */
  mark(marks: {
    readonly started: readonly string[];
    readonly endTold: readonly string[];
  }): Promise<readonly OwedEnd[]>;

  /** The remediation has ended. The last word counts, so that one that was reset can end again. */
  recordEnd(end: IncidentEnd & { readonly remediationId: string }): Promise<void>;

  /** Their workflows are gone, and have not said how they ended, which goes into the audit log too; gives those for which that is so still. */
  recordLost(request: { readonly remediationIds: readonly string[]; readonly at: number }): Promise<readonly string[]>;

  /** One incident; undefined if it is not known. */
  find(remediationId: string): Promise<Incident | undefined>;

  /** Incidents of a cluster to be entered again now, the longest due first: each the newest of its alert, its end not heard. */
  due(request: {
    readonly cluster: string;
    readonly now: number;
    readonly limit: number;
  }): Promise<readonly DueIncident[]>;

  /** Looks at a due incident again at a later time. */
  postpone(request: { readonly remediationIds: readonly string[]; readonly until: number }): Promise<void>;

  /** Incidents that were opened before a time and whose remediation has not ended, by their IDs: the ones after an ID. */
  unended(request: {
    readonly openedBefore: number;
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly Incident[]>;

  /**
   * Removes incidents that were opened before a time and ended, all but the newest of each alert: by that one its number
   * is known, so that no ID is ever used twice. Gives how many there were.
   */
  forget(request: { readonly openedBefore: number }): Promise<number>;

  /** Settles when nothing waits for a judgement any more. */
  close(): Promise<void>;
}
