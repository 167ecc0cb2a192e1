import type { Decision, DecisionWords } from '../decision.ts';
import { isPlanned } from '../decision/is-planned.ts';
import { modeOf } from '../decision/mode-of.ts';
import { defined } from '../defined.ts';
import { formatTarget } from '../target/format-target.ts';
import { cut } from '../text/plain-text.ts';
import type { AuditEntry } from './audit-entry.ts';
import type { JsonObject } from './canonical-json.ts';

/** What an entry's key may have of a label. */
const MAX_IN_KEY = 150;

/** What policy decided for a remediation. The store has it once, whichever process records it. */
export function decisionEntry(decided: {
  readonly remediationId: string;
  readonly decision: Decision;
  /** RFC 3339. */
  readonly at: string;
}): AuditEntry {
  const { remediationId, decision, at } = decided;
  return {
    key: `${remediationId}/decision`,
    ...{ at, actor: 'policy', kind: 'decision', remediationId },
    ...(isPlanned(decision) ? { target: formatTarget(decision.plan.target) } : {}),
    data: dataOf(decision),
  };
}

/** The same of what a plan is admitted by; `target`: as it was found. */
export function admittedDecisionEntry(decided: {
  readonly remediationId: string;
  readonly decision: DecisionWords;
  readonly action: string;
  readonly target: string;
  readonly at: string;
}): AuditEntry {
  const { remediationId, decision, action, target, at } = decided;
  return {
    key: `${remediationId}/decision`,
    ...{ at, actor: 'policy', kind: 'decision', remediationId, target },
    data: plannedData(decision, action),
  };
}

/** That nothing is done about an alert. Once for each alert, rule, reason and revision of the policy: the rest is counted. */
export function unwantedEntry(decided: {
  readonly cluster: string;
  readonly alertName: string;
  readonly decision: Decision;
  readonly at: string;
}): AuditEntry {
  const { cluster, alertName, decision, at } = decided;
  const { rule, policyRevision } = decision;
  const mode = isPlanned(decision) ? modeOf(decision).mode : '';
  const parts = [cluster, alertName, rule, decision.verdict, mode, policyRevision].map((part) => cut(part, MAX_IN_KEY));
  return {
    key: cut(`decision/${parts.map(encodeURIComponent).join('/')}`, 600),
    ...{ at, actor: 'policy', kind: 'decision' },
    data: { alert: alertName, cluster, unhandled: true, ...dataOf(decision) },
  };
}

function dataOf(decision: Decision): JsonObject {
  const { rule, verdict, policyRevision, decisionId } = decision;
  if (!isPlanned(decision)) {
    const reason = 'reason' in decision ? decision.reason : undefined;
    return { rule, verdict, policyRevision, ...defined({ decisionId, reason }) };
  }
  const { plan, further } = decision;
  const then = further?.map(({ action }) => action);
  return { ...plannedData(decision, plan.action), ...(then === undefined ? {} : { then }) };
}

function plannedData(decision: DecisionWords, action: string): JsonObject {
  const { rule, verdict, policyRevision, decisionId } = decision;
  const { mode, source } = modeOf(decision);
  return { rule, verdict, policyRevision, action, mode, modeSource: source, ...defined({ decisionId }) };
}
