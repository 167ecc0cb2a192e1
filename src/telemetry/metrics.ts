import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { Decision } from '../domain/decision.ts';
import type { RestoreResult } from '../domain/effects.ts';
import type { FailureType } from '../domain/failures.ts';
import { Outcome } from '../domain/outcome.ts';
import { boundedLabel } from './bounded-label.ts';

/** What became of one alert of a webhook. */
export const alertResults = ['started', 'duplicate', 'signalled', 'ignored', 'failed', 'rejected'] as const;
export type AlertResult = (typeof alertResults)[number];

/** What became of one attempt to change, or to change back, a target. */
export type EffectResult = 'changed' | 'unchanged' | RestoreResult['status'] | 'failed';

export type NotificationResult = 'delivered' | 'failed' | 'rejected';

/** A new bundle is in use, or it was broken and the last good one stays. */
export type PolicyReloadResult = 'loaded' | 'broken';

/** All that Mendloop counts. Seconds throughout. */
export interface Metrics {
  /** Answers `/metrics`. */
  readonly registry: Registry;
  /** `code` is the HTTP status, or `aborted` where the client left before the answer. */
  webhookAnswered(event: { readonly code: number | 'aborted'; readonly seconds: number }): void;
  alertHandled(result: AlertResult, count?: number): void;
  /** Alerts that Alertmanager's `max_alerts` cut off and that never reached Mendloop. */
  alertsTruncated(count: number): void;
  decided(event: { readonly rule: string; readonly verdict: Decision['verdict'] }): void;
  policyFailed(reason: FailureType): void;
  policyReloaded(result: PolicyReloadResult): void;
  remediationEnded(event: { readonly action: string; readonly outcome: Outcome; readonly seconds: number }): void;
  effect(event: { readonly action: string; readonly result: EffectResult }): void;
  notified(event: { readonly channelType: string; readonly result: NotificationResult }): void;
}

/** Policy names its rules freely; past this many, a rule counts as `other`. */
const MAX_RULES = 200;
/** Actions and channel types are few and come from the code; this only keeps a fault from growing without end. */
const MAX_KINDS = 50;

const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** From a denied plan (under a second) to a watch that lasts hours. */
const remediationBuckets = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400];

/** Metrics on a registry of their own, so that several instances in one process never share a series. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name, help, labelNames, registers });
  const histogram = <Label extends string>(details: {
    name: string;
    help: string;
    labelNames: readonly Label[];
    buckets: number[];
  }) => new Histogram({ ...details, registers });

  const requests = counter('mendloop_webhook_requests_total', 'Webhook requests by HTTP status.', ['code']);
  const requestSeconds = histogram({
    name: 'mendloop_webhook_request_seconds',
    help: 'Seconds from the head of a webhook request to the end of its answer.',
    labelNames: [],
    buckets: requestBuckets,
  });
  const alerts = counter('mendloop_alerts_total', 'Alerts received, by what became of them.', ['result']);
  const truncated = counter('mendloop_alerts_truncated_total', "Alerts cut off by Alertmanager's max_alerts.", []);
  const decisions = counter('mendloop_decisions_total', 'Decisions by rule and verdict.', ['rule', 'verdict']);
  const policyErrors = counter('mendloop_policy_errors_total', 'Policy evaluations that failed.', ['reason']);
  const reloads = counter('mendloop_policy_reloads_total', 'Attempts to load a policy bundle.', ['result']);
  const remediations = counter('mendloop_remediations_total', 'Remediations that ended.', ['action', 'outcome']);
  const remediationSeconds = histogram({
    name: 'mendloop_remediation_seconds',
    help: 'Seconds from the start of a remediation to its end, the watch for the alert to resolve included.',
    labelNames: ['action', 'outcome'],
    buckets: remediationBuckets,
  });
  const successes = counter('remediation_success_total', 'Remediations whose cure was proven.', ['action']);
  const effects = counter('mendloop_effects_total', 'Attempts to change a target.', ['action', 'result']);
  const notices = counter('mendloop_notifications_total', 'Notices sent.', ['channel_type', 'result']);

  // A rate over a series that does not exist yet is empty, not zero.
  for (const result of alertResults) alerts.inc({ result }, 0);

  const rules = boundedLabel(MAX_RULES);
  const actions = boundedLabel(MAX_KINDS);
  const channelTypes = boundedLabel(MAX_KINDS);

  return {
    registry,
    webhookAnswered: ({ code, seconds }) => {
      requests.inc({ code: String(code) });
      requestSeconds.observe(seconds);
    },
    alertHandled: (result, count = 1) => alerts.inc({ result }, count),
    alertsTruncated: (count) => truncated.inc(count),
    decided: ({ rule, verdict }) => decisions.inc({ rule: rules(rule === '' ? 'none' : rule), verdict }),
    policyFailed: (reason) => policyErrors.inc({ reason }),
    policyReloaded: (result) => reloads.inc({ result }),
    remediationEnded: (event) => {
      const labels = { action: actions(event.action), outcome: event.outcome };
      remediations.inc(labels);
      remediationSeconds.observe(labels, event.seconds);
      if (event.outcome === Outcome.Remediated) successes.inc({ action: labels.action });
    },
    effect: ({ action, result }) => effects.inc({ action: actions(action), result }),
    notified: ({ channelType, result }) => notices.inc({ channel_type: channelTypes(channelType), result }),
  };
}
