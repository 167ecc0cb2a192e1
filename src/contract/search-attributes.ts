import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  SearchAttributeType,
  TypedSearchAttributes,
} from '@temporalio/common';
import type { Alert } from '../domain/alert/alert.ts';
import type { Decision } from '../domain/decision.ts';
import { isPlanned } from '../domain/decision/is-planned.ts';
import { modeOf } from '../domain/decision/mode-of.ts';
import { formatTarget } from '../domain/target/format-target.ts';

/**
 * The keys that make the Web UI a dashboard. They have to be registered on the Temporal namespace
 * (`temporal/dev-server.json`, `temporal/README.md`). Never encrypted: only labels that route alerts are put here.
 */
export const searchAttributes = {
  alert: defineSearchAttributeKey('MendloopAlert', SearchAttributeType.KEYWORD),
  target: defineSearchAttributeKey('MendloopTarget', SearchAttributeType.KEYWORD),
  action: defineSearchAttributeKey('MendloopAction', SearchAttributeType.KEYWORD),
  outcome: defineSearchAttributeKey('MendloopOutcome', SearchAttributeType.KEYWORD),
  mode: defineSearchAttributeKey('MendloopMode', SearchAttributeType.KEYWORD),
  severity: defineSearchAttributeKey('MendloopSeverity', SearchAttributeType.KEYWORD),
  service: defineSearchAttributeKey('MendloopService', SearchAttributeType.KEYWORD),
  rule: defineSearchAttributeKey('MendloopRule', SearchAttributeType.KEYWORD),
  /** What a running remediation waits for, a value of `WaitingFor`; `none` when it goes on. */
  waiting: defineSearchAttributeKey('MendloopWaiting', SearchAttributeType.KEYWORD),
  /** From the remediation's start to the proof of its cure. */
  cureSeconds: defineSearchAttributeKey('MendloopCureSeconds', SearchAttributeType.DOUBLE),
} as const;

/** Type by name of all of them, as a namespace has to know them. */
export const ATTRIBUTE_TYPES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(searchAttributes).map(({ name, type }) => [name, type]),
);

/** Values of `MendloopWaiting`. */
export const WaitingFor = { Approval: 'approval', Turn: 'turn', Nothing: 'none' } as const;
export type WaitingFor = (typeof WaitingFor)[keyof typeof WaitingFor];

/** Below the 255 characters that SQL visibility stores keep of a keyword. */
const MAX_KEYWORD_LENGTH = 200;

/** A label as a keyword: bounded, and never empty because an empty keyword cannot be searched for. */
export function keyword(value: string | undefined): string {
  return (value ?? '').slice(0, MAX_KEYWORD_LENGTH).toWellFormed() || 'none';
}

/** What is known of a remediation when its alert arrives, and policy has answered. */
export function startSearchAttributes({ labels }: Alert, decision?: Decision): TypedSearchAttributes {
  return new TypedSearchAttributes([
    { key: searchAttributes.alert, value: keyword(labels['alertname']) },
    { key: searchAttributes.severity, value: keyword(labels['severity']) },
    { key: searchAttributes.service, value: keyword(labels['service']) },
    ...(decision === undefined ? [] : pairsOf(decisionKeywords(decision))),
  ]);
}

export type KeywordAttribute = Exclude<keyof typeof searchAttributes, 'cureSeconds'>;

/** What a decision says of the list: empty where there is no plan. */
export function decisionKeywords(decision: Decision): Partial<Record<KeywordAttribute, string>> {
  if (!isPlanned(decision)) return { rule: decision.rule };
  const { plan, rule } = decision;
  return { rule, action: plan.action, target: formatTarget(plan.target), mode: modeOf(decision).mode };
}

export function pairsOf(keywords: Partial<Record<KeywordAttribute, string>>): SearchAttributePair[] {
  return Object.entries(keywords).map(([name, value]): SearchAttributePair => ({
    key: searchAttributes[name as KeywordAttribute],
    value: keyword(value),
  }));
}
