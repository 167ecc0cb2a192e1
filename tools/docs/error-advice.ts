import type { FailureType } from '../../src/domain/failures.ts';

/** What a human does who meets a failure: the last column of docs/errors.md, in Markdown. */
export const ERROR_ADVICE: Readonly<Record<FailureType, string>> = {
  TemporalUnavailable:
    'Nothing, if it passes: Alertmanager repeats what was answered with 503. If it stays, see that Temporal answers (`/readyz`), that the namespace exists and that its search attributes are registered ([temporal/README.md](../temporal/README.md)).',
  AlertTooLarge:
    'Handle the alert by hand: it is never remediated. Shorten the annotation that makes it larger than 1 MiB, usually a template over many series.',
  PolicyUnavailable:
    'Look for "policy refused" in the log. Build the bundle again (`opa build`, as `tools/build.ts` does) and put it where `policy.bundle` points: it is loaded within seconds, no restart.',
  PolicyAnswerInvalid:
    'Handle the alert by hand, and mend the rule: the message names the field. `opa eval` with the alert from the history shows the same answer.',
  TargetNotFound:
    'See whether the workload was deleted or renamed. If it was renamed, mend the name in the policy or the label of the alert.',
  TargetReplaced:
    'See who deleted and created it anew. Mendloop leaves the new object alone; handle the alert by hand.',
  TargetUnsupported:
    "The message names the owner: an Argo Rollout, a KEDA ScaledObject, an operator's resource, a second autoscaler. Act on that by hand, or let policy name a target that no other controller puts back.",
  TargetProtected:
    'Handle the alert by hand. The message says what protects the object; [targets.md](targets.md) has the list.',
  TargetNotEnabled:
    'Handle the alert by hand, and decide whether Mendloop may act there: `targets.namespaces`, or the label that the message names.',
  TargetChanged:
    'Talk to the person or the team whose hand the message names: two hands were on the same target. Nothing was overwritten.',
  TargetHeld:
    'Nothing: the other remediation, which the message names, is at work. If that one has long ended, take the annotations `mendloop.dev/` off the target.',
  AccountNotAllowed:
    'Name a service account in the template that `targets.jobServiceAccounts` of the settings has, or add it there. The message names both.',
  AutoscalerLimit: 'Decide whether `maxReplicas` may be raised. Mendloop never goes past it.',
  ReplicaLimit:
    'The target has as many replicas as policy gives it, or none at all. Decide whether `max` may be raised; else more Pods are not the cure.',
  LimitReached:
    'The target stands at the maximum that policy gives it. Decide whether that may be raised; else more of the same is not the cure.',
  NotIndicated:
    'Read the message: it says what was seen. The alert tells of something else than the plan thinks, or it has passed. Nothing was changed.',
  TooSoon: 'The message says until when. Act by hand if it cannot wait: the provider may refuse it all the same.',
  RolloutHeld:
    'Decide whether that is still wanted (`kubectl rollout resume`, the partition, `updateStrategy`), and act by hand: Mendloop does not go round such a hold.',
  RolloutUnderWay:
    'See who rolls out what (`kubectl rollout status`). If it is stuck, rolling it back is the cure, not a restart on top of it.',
  RevisionUnsuitable:
    'Read the message: it names the revision and why. Decide whether to go back all the same (`kubectl rollout history`, `kubectl rollout undo --to-revision=N`), or roll out a release that mends it.',
  QuotaExhausted:
    'Free or raise the quota (`kubectl describe resourcequota`); the release goes on by itself then. Rolling back would need the same room.',
  PreconditionNotMet:
    'Judge what was seen: the danger that the precondition is for is yours to weigh ([policy.md](policy.md#danger-and-what-has-to-be-so-before)). Act by hand, or change the precondition.',
  NoRoom:
    "The message names what is full, or too small, and how much is wanted. Make room there, or lower the plan's `max`.",
  FenceClosed:
    'Nothing: the remediation asks to be admitted again, or ends because there is nothing left to do. The message says which.',
  KubernetesForbidden:
    "Compare the service account's Role with the actions that policy uses: `kubectl auth can-i patch deployments/scale --as=system:serviceaccount:NAMESPACE:NAME`.",
  KubernetesInvalid:
    "Read the message: it is the API server's own, often an admission webhook or a quota. Mend that, then handle the alert by hand.",
  KubernetesThrottled:
    'Nothing, if it passes. If it stays, see who floods the API server (API Priority and Fairness metrics).',
  KubernetesUnavailable:
    'See that the API server answers from where the worker runs. The remediation goes on by itself when it does.',
  EffectFailed: "Look at the Pods' events: an image, a quota or a probe. What can be undone was undone.",
  EffectTimedOut:
    'Look for Pods that are Pending or not Ready. If this is simply slow here, raise `effectDeadlineSeconds` in the policy. What can be undone was undone.',
  DisruptionUnsafe:
    'Read the message: it names the Pods, or the nodes that are left. Act by hand, or allow it in the plan (`minReadyPeers`, `force`, `deleteEmptyDirData`, `minReadyNodes`, ...). What had been changed was undone.',
  DisruptionRefused:
    'Two disruption budgets match the Pod that the message names: change the selector of one. The node was uncordoned.',
  AlertSourceUnavailable:
    'See that the server of `alerts.confirm` answers: `prometheus.url`, or the Alertmanager named there. Nothing is done until it does; the remediation goes on by itself then.',
  PrometheusUnavailable: 'See that Prometheus answers at `prometheus.url`, with the credentials that are configured.',
  QueryInvalid:
    "Mend the expression in the policy: the message is Prometheus's own, or says what cannot be judged. Nothing was changed.",
  BudgetUnknown: 'Add the budget to `cost.budgets`, or mend its name in the policy. Nothing was changed.',
  CostUnavailable:
    'See that the source of `cost.source` answers from where the worker runs. Until it does, plans with `whenUnknown: escalate` go to a human. Nothing was changed.',
  StoreUnavailable:
    'See that the database of `audit.store` answers, is writable and has room: the message has what it said. Remediations wait and go on by themselves; the webhook answers 503 meanwhile.',
  StoreRestored:
    'Nothing, if it passes: after a restore or a failover the sweep compares the store with the remediations that run, and admits again ([guards.md](guards.md)). If it stays, see that a worker runs and that the Schedule of the sweep is not paused.',
  NotificationFailed: "See that the channel's endpoint answers. It is tried for a day.",
  NotificationRejected: "Mend the channel's URL or credentials: the message has the status that it answered with.",
  AuditUnavailable:
    'See that the database of `audit.store` answers, is writable and has room: the message has what it said. Remediations wait and go on by themselves ([audit.md](audit.md)).',
  AuditTampered:
    'Run `npx mendloop audit verify`: it names the rows. Keep the database as it is, compare with what the SIEM has, and find out who can write to it ([audit.md](audit.md)).',
  NotificationHeld:
    "Nothing: it goes out with the others, within minutes. If it happens all the time, raise the channel's `maxPerMinute` or tell it less by `routes`. Failures are never held back.",
  AlertmanagerUnavailable:
    'Nothing: pages are not held back then, and the remediation goes on. If it stays, see that Alertmanager answers at `notifications.holdPages.endpoint`.',
  AlertmanagerRefused:
    "Read the message: it is Alertmanager's own. Usually the URL or the credentials of `notifications.holdPages.endpoint` are wrong. Pages are not held back until it is mended.",
  OrderRefused:
    "Nothing was done by it. See who can reach Temporal: `npx mendloop audit export` has the attempt, of kind `access`. If it was the API's own, its key and the workers' public keys do not belong together ([approvals.md](approvals.md#who-signs-and-who-verifies)).",
  VerificationFailed:
    'Treat the incident: the plan did not help and was undone. The summary has the measured values. If it never helps, change the plan.',
  ContentionDetected:
    'Treat the incident: the plan would have helped the target at the cost of the neighbour that the summary names. Find what the two share.',
  VerificationInconclusive:
    'Find out why the signal is missing, stale or NaN: the summary says which. The change was undone, unless the plan says `onInconclusive: keep`.',
  LeverMoved:
    'The summary says what was found, and whose hand it was where that is known: Argo CD, an operator, a colleague. Agree with them who may move it, or name the action that goes through them. The money is free again, and it counts as no cure.',
  CompensationFailed: 'Type the command in the page, then find out why it was refused: the reason stands beside it.',
  AlertStillFiring:
    "See whether the alert's expression and the plan's objective mean the same thing. The change was kept.",
  Cancelled: 'Nothing. The history has the name of the person who cancelled it, if Temporal knows it.',
  Internal:
    "Report it with the downloaded history (`temporal workflow show -w ID -o json`; it holds the alert's labels). Handle the alert by hand.",
};
