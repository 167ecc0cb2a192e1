import type { ModeFlags } from '../clients/flags/mode-flags.ts';
import {
  type Admission,
  type AdmitRequest,
  type FenceAnswer,
  FenceReason,
  type FenceRequest,
  type LeaveRequest,
} from '../domain/admission/admission.ts';
import { severityOf } from '../domain/admission/severity.ts';
import type { Alert } from '../domain/alert/alert.ts';
import type { AuditEntry } from '../domain/audit/audit-entry.ts';
import type { JsonObject } from '../domain/audit/canonical-json.ts';
import type { Decision } from '../domain/decision.ts';
import { lesserMode } from '../domain/decision/mode.ts';
import type { ModeAsk } from '../domain/decision/mode-flag.ts';
import { defined } from '../domain/defined.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Prepared } from '../domain/remediation/prepared.ts';
import { formatTarget } from '../domain/target/format-target.ts';
import type { AdmissionStore } from '../store/store.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { toApplicationFailure } from './failure.ts';

export type AdmissionActivities = ReturnType<typeof createAdmissionActivities>;

/** Whose word the effect rests on, as the audit log keeps it. */
export type DecisionRecord = Pick<Decision, 'rule' | 'verdict' | 'policyRevision'>;

export interface AdmitInput {
  readonly remediationId: string;
  readonly alert: Alert;
  readonly plan: Plan;
  readonly decision: DecisionRecord;
  readonly prepared: Pick<Prepared, 'planned' | 'money' | 'workloadsInNamespace'>;
  /** See `AdmitRequest`. */
  readonly only?: 'target';
  readonly sharesWatch?: boolean;
  readonly lends?: boolean;
}

export interface AdmissionParts {
  readonly admission: Pick<AdmissionStore, 'admit' | 'fence' | 'leave'>;
  /** Absent: no flag has a say. */
  readonly flags?: Pick<ModeFlags, 'resolveAgain'> | undefined;
  readonly metrics: Pick<Metrics, 'guardRefused'>;
  readonly clock?: () => number;
}

export interface FenceAsk extends FenceRequest {
  /** What the flags are asked again. */
  readonly mode?: ModeAsk | undefined;
}

/** UTF-16 code units of an alert's name that guards remember. */
const MAX_NAME = 100;

/** What remediations ask of the store. All of them idempotent by the remediation's ID. */
export function createAdmissionActivities(parts: AdmissionParts) {
  const { admission, flags, metrics, clock = Date.now } = parts;

  async function admit(input: AdmitInput): Promise<Admission> {
    const at = new Date(clock()).toISOString();
    const audit = input.only === undefined ? entriesOf(input, at) : [];
    const answer = await admission.admit({ ...requestOf(input), audit });
    if (answer.status === 'refused') metrics.guardRefused(answer.reason);
    return answer;
  }

  /** The store's word; and the flags' own, where one has been asked before: it may have been lowered since. */
  async function fence(request: FenceAsk): Promise<FenceAnswer> {
    const { mode, ...asked } = request;
    const answer = await admission.fence(asked);
    if (!answer.open || mode === undefined || flags === undefined) return answer;
    const now = await flags.resolveAgain(mode);
    if (lesserMode(now.mode, mode.admitted) === mode.admitted) return answer;
    return { open: false, reason: FenceReason.Mode, text: `The mode is ${now.mode} now (${now.source})` };
  }

  return {
    /** Asks for target, slot and money in one commit, with the audit rows of decision and intent. Fails with `StoreUnavailable`. */
    admit: (input: AdmitInput): Promise<Admission> => typed(() => admit(input)),

    /** Whether a grant is still in force, just before an effect. Fails with `StoreUnavailable`. */
    fence: (request: FenceAsk): Promise<FenceAnswer> => typed(() => fence(request)),

    /**
     * Gives back what is named, and ends the incident where that is all; what was never granted is remembered as gone.
     * Fails with `StoreUnavailable`.
     */
    leave: (request: LeaveRequest): Promise<void> => typed(() => admission.leave(request)),
  };
}

/** What the store is asked, but for the rows of the audit log. */
export function requestOf({
  remediationId,
  alert,
  plan,
  prepared,
  only,
  ...more
}: AdmitInput): Omit<AdmitRequest, 'audit'> {
  const { planned, money, workloadsInNamespace } = prepared;
  const { target, locks, action } = planned;
  return {
    ...{ remediationId, locks, action, workloadsInNamespace },
    cluster: target.cluster,
    namespace: target.namespace,
    target: formatTarget(target),
    alertKey: `${(alert.labels['alertname'] ?? '').slice(0, MAX_NAME)}/${alert.fingerprint}`,
    severity: severityOf(alert.labels['severity']),
    clause: plan.guards,
    ...defined({
      money: money !== undefined && 'ask' in money ? money.ask : undefined,
      only,
      sharesWatch: more.sharesWatch === true || planned.isDone ? true : undefined,
      lends: more.lends,
    }),
  };
}

/** An effect that cannot be recorded does not start: these rows are in the commit that grants it. */
function entriesOf({ remediationId, decision, prepared: { planned } }: AdmitInput, at: string): AuditEntry[] {
  const target = formatTarget(planned.target);
  const { rule, verdict, policyRevision } = decision;
  const { title, action, change, command } = planned;
  const row = (kind: AuditEntry['kind'], step: string, actor: string, data: JsonObject): AuditEntry => ({
    ...{ key: `${remediationId}/${step}`, at, actor, kind, remediationId, target, data },
  });
  return [
    row('decision', 'decision', 'policy', { rule, verdict, policyRevision }),
    row('effect_intended', 'act/intended', 'mendloop', { action, title, change, command }),
  ];
}

async function typed<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toApplicationFailure(error);
  }
}
