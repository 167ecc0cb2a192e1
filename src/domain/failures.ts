interface FailureSpec {
  /** Whether trying the same call again can succeed. */
  readonly retryable: boolean;
  /** One sentence for `docs/errors.md` and for the person who is paged. */
  readonly meaning: string;
}

/**
 * Every failure type Mendloop raises, the only place that says whether it is retryable. The name is the
 * `ApplicationFailure.type` in workflow histories and the bounded `reason` label in metrics.
 */
export const FAILURES = {
  TemporalUnavailable: { retryable: true, meaning: 'Temporal is unreachable, overloaded or refused the call.' },
  AlertTooLarge: { retryable: false, meaning: 'The alert is larger than Temporal can store.' },
  PolicyUnavailable: { retryable: true, meaning: 'No policy bundle is loaded, or evaluating it failed.' },
  PolicyAnswerInvalid: { retryable: false, meaning: "Policy answered, but not in the decision's shape." },
  TargetNotFound: { retryable: false, meaning: 'The target, or the owner of the alerting Pod, does not exist.' },
  TargetReplaced: { retryable: false, meaning: 'An object of the same name exists, but it is not the one judged.' },
  TargetUnsupported: {
    retryable: false,
    meaning: 'The target, or what moves it, is of a kind that the action does not know.',
  },
  TargetProtected: {
    retryable: false,
    meaning: 'The object is protected in code or by a mark of its own: nothing is done to it, whatever policy says.',
  },
  TargetNotEnabled: {
    retryable: false,
    meaning: 'The namespace, or the node, is not opted in by the settings or by its label.',
  },
  AccountNotAllowed: {
    retryable: false,
    meaning: "The settings do not allow a Job of policy's to run as this service account.",
  },
  TargetChanged: { retryable: false, meaning: 'Another hand changed the target after it was judged.' },
  TargetHeld: { retryable: false, meaning: 'Another remediation holds the target.' },
  AutoscalerLimit: { retryable: false, meaning: "The autoscaler's maxReplicas leaves no room for the plan." },
  ReplicaLimit: { retryable: false, meaning: "The plan's own bounds leave nothing to add to the target." },
  LimitReached: { retryable: false, meaning: "The plan's own bounds leave nothing to change of the target." },
  NotIndicated: { retryable: false, meaning: 'What was seen of the target is not what the action is for.' },
  TooSoon: { retryable: false, meaning: 'The target was changed in the same way a while ago, and needs a pause.' },
  RolloutHeld: {
    retryable: false,
    meaning: 'A new template would not reach the Pods: a pause, a partition or deletion by hand holds it back.',
  },
  RolloutUnderWay: { retryable: false, meaning: 'Another rollout of the workload is under way.' },
  RevisionUnsuitable: {
    retryable: false,
    meaning: 'There is no revision to go back to that is young enough, and on the same side of a migration.',
  },
  QuotaExhausted: { retryable: false, meaning: 'A quota, and not the release, keeps Pods from being made.' },
  PreconditionNotMet: {
    retryable: false,
    meaning: 'What the plan wants to be so before it acts was not: the message names it, and what was seen.',
  },
  NoRoom: { retryable: false, meaning: 'No node, LimitRange or ResourceQuota has room for what the plan wants.' },
  FenceClosed: {
    retryable: false,
    meaning: 'The admission no longer holds: another grant, a pause, the end of the alert, or a lower mode.',
  },
  KubernetesForbidden: { retryable: false, meaning: 'The API server refused the credentials or the permission.' },
  KubernetesInvalid: { retryable: false, meaning: 'The API server refused the request as invalid.' },
  KubernetesThrottled: { retryable: true, meaning: 'The API server asked to come back later (429).' },
  KubernetesUnavailable: { retryable: true, meaning: 'The API server is unreachable or failed (5xx, network).' },
  EffectFailed: { retryable: false, meaning: 'The cluster reports that what was begun will not be done by waiting.' },
  EffectTimedOut: { retryable: false, meaning: "What was begun was not done by the plan's deadline." },
  DisruptionUnsafe: {
    retryable: false,
    meaning: 'Something would not come back, or too little be left, and the plan does not allow that.',
  },
  DisruptionRefused: { retryable: false, meaning: 'The API server can never allow the eviction of a Pod.' },
  AlertSourceUnavailable: { retryable: true, meaning: 'The source of the alert could not be asked whether it fires.' },
  PrometheusUnavailable: { retryable: true, meaning: 'Prometheus is unreachable, overloaded or failed.' },
  QueryInvalid: { retryable: false, meaning: 'A PromQL or LogQL expression of the plan is not valid.' },
  BudgetUnknown: { retryable: false, meaning: 'The plan names a budget that the configuration does not have.' },
  CostUnavailable: {
    retryable: true,
    meaning: 'The cost source is unreachable, failed, or has no figure for the scope.',
  },
  StoreUnavailable: { retryable: true, meaning: 'The store cannot be written or read; nothing is admitted.' },
  StoreRestored: {
    retryable: true,
    meaning: 'The store lacks commits that were made; nothing is admitted until it agrees with what runs.',
  },
  NotificationFailed: { retryable: true, meaning: 'A notification channel is unreachable or failed.' },
  NotificationRejected: { retryable: false, meaning: 'A notification channel refused the message for good.' },
  AuditUnavailable: { retryable: true, meaning: 'The audit log cannot be written or read; no effect may start.' },
  AuditTampered: { retryable: false, meaning: 'The audit log is not as it was written.' },
  NotificationHeld: { retryable: true, meaning: 'The rate limit of a channel holds the notice back for a digest.' },
  AlertmanagerUnavailable: { retryable: true, meaning: 'Alertmanager is unreachable, overloaded or failed.' },
  AlertmanagerRefused: { retryable: false, meaning: 'Alertmanager refused a silence or a question for good.' },
  OrderRefused: { retryable: false, meaning: "A vote or an order had no valid signature of Mendloop's API." },
  VerificationFailed: { retryable: false, meaning: 'Fresh metrics did not prove the cure by the deadline.' },
  ContentionDetected: { retryable: false, meaning: 'A neighbour got worse than its own baseline after the act.' },
  VerificationInconclusive: { retryable: false, meaning: 'The signal could not be judged by the deadline.' },
  LeverMoved: {
    retryable: false,
    meaning: 'Somebody else moved what the action had set, between act and verdict.',
  },
  CompensationFailed: { retryable: false, meaning: 'Undoing the change failed; the manual command is attached.' },
  AlertStillFiring: { retryable: false, meaning: 'The cure was proven, yet the alert did not resolve in the watch.' },
  Cancelled: { retryable: false, meaning: 'A human cancelled the remediation; what had been changed was undone.' },
  Internal: { retryable: false, meaning: 'A fault in Mendloop itself.' },
} as const satisfies Record<string, FailureSpec>;

export type FailureType = keyof typeof FAILURES;

/** Whether trying again can help. */
export function isRetryable(type: FailureType): boolean {
  return FAILURES[type].retryable;
}

/** Narrows the `type` string of an `ApplicationFailure` to one of ours. */
export function isFailureType(type: string | null | undefined): type is FailureType {
  return type != null && Object.hasOwn(FAILURES, type);
}

/**
 * The one error class of clients and domain code. Activities turn it into an `ApplicationFailure` of the same type;
 * the API turns it into problem details. The message is shown to people and stored in history: it holds no secret.
 */
export class MendloopError extends Error {
  readonly type: FailureType;
  /** How long the other side asked us to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** What a program is told beside the message, as JSON; kept in the history as well. */
  readonly details: readonly unknown[];

  constructor(
    type: FailureType,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number; details?: readonly unknown[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = type;
    this.type = type;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details ?? [];
  }
}

/** Whether a writer has changed what must never be changed: no fault that time heals. */
export function isTampering(error: unknown): boolean {
  return error instanceof MendloopError && error.type === 'AuditTampered';
}
