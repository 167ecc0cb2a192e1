import type { ModeFlags } from '../clients/flags/mode-flags.ts';
import type { PlannedChange } from '../domain/actions/contract.ts';
import {
  type Admission,
  type AdmitRequest,
  type FenceAnswer,
  FenceReason,
  type FenceRequest,
  type LadderStep,
  type LeaveRequest,
} from '../domain/admission/admission.ts';
import { severityOf } from '../domain/admission/severity.ts';
import type { Alert } from '../domain/alert/alert.ts';
import type { AuditEntry } from '../domain/audit/audit-entry.ts';
import { admittedDecisionEntry } from '../domain/audit/decision-entry.ts';
import type { DecisionWords } from '../domain/decision.ts';
import { lesserMode } from '../domain/decision/mode.ts';
import type { ModeAsk } from '../domain/decision/mode-flag.ts';
import { defined } from '../domain/defined.ts';
import type { Calendar } from '../domain/windows/calendar.ts';
import type { ChangeScope } from '../domain/windows/window.ts';
import { RefusalReason } from '../domain/guards/refusal.ts';
import { rungKey } from '../domain/ladder/ladder.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { objectsToHold, preludeChange } from '../domain/remediation/prelude-state.ts';
import type { Prepared } from '../domain/remediation/prepared.ts';
import { formatTarget } from '../domain/target/format-target.ts';
import type { Target } from '../domain/target/target.ts';
import type { AdmissionStore } from '../store/store.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { toApplicationFailure } from './failure.ts';

export type AdmissionActivities = ReturnType<typeof createAdmissionActivities>;

export interface AdmitInput {
  readonly remediationId: string;
  readonly alert: Alert;
  readonly plan: Plan;
  /** Whose word the effect rests on, as the audit log keeps it. */
  readonly decision: DecisionWords;
  /** Absent: the action refused the target as it was found; asked is only whose end could be shared. */
  readonly prepared?: Pick<Prepared, 'planned' | 'prelude' | 'money'>;
  /** What stands behind the target that was refused; absent: what the plan names. */
  readonly behind?: Target;
  /** See `AdmitRequest`. */
  readonly only?: 'target';
  readonly sharesWatch?: boolean;
  readonly lends?: boolean;
  readonly looks?: boolean;
  readonly ladder?: LadderStep;
  /** What earlier plans of the ladder hold, as `formatTarget` gives it: it stays held until the end. */
  readonly holds?: readonly string[];
  /** A run that was reset has changed the target already: what stands is proven, whatever the time is. */
  readonly hasActed?: boolean;
}

export interface AdmissionParts {
  /** Absent: something may be changed at any time. */
  readonly calendar?: Pick<Calendar, 'refusal'> | undefined;
  readonly admission: Pick<AdmissionStore, 'admit' | 'changes' | 'fence' | 'leave'>;
  /** Workloads in a namespace that could be changed; of the cluster itself, whose namespace is empty, its nodes. */
  readonly countWorkloads: (scope: { readonly namespace: string }) => Promise<number>;
  /** Absent: no flag has a say. */
  readonly flags?: Pick<ModeFlags, 'resolveAgain'> | undefined;
  readonly metrics: Pick<Metrics, 'guardRefused'>;
  readonly clock?: () => number;
}

/** Of a target that was refused and is free: the remediation that has changed it since the alert began; absent: none has. */
export type AdmitAnswer = Admission & { readonly changedBy?: string };

export interface FenceAsk extends FenceRequest {
  /** What is about to be changed; absent: it goes on with what it had begun. */
  readonly change?: ChangeScope;
  /** What the flags are asked again. */
  readonly mode?: ModeAsk | undefined;
}

/** UTF-16 code units of an alert's name that guards remember. */
const MAX_NAME = 100;

/** What remediations ask of the store. All of them idempotent by the remediation's ID. */
export function createAdmissionActivities(parts: AdmissionParts) {
  const { admission, countWorkloads, flags, calendar, metrics, clock = Date.now } = parts;

  async function admit(input: AdmitInput): Promise<AdmitAnswer> {
    const answer = await askCounting(wholeRequest(input));
    if (answer.status === 'refused') metrics.guardRefused(answer.reason);
    const isFree = answer.status === 'granted' || answer.status === 'refused';
    if (input.prepared !== undefined || !isFree) return answer;
    return { ...answer, ...defined({ changedBy: await changedBy(input) }) };
  }

  function wholeRequest(input: AdmitInput): AdmitRequest {
    const at = new Date(clock()).toISOString();
    const { prepared, only } = input;
    const audit = prepared === undefined || only !== undefined ? [] : entriesOf({ ...input, prepared }, at);
    return { ...requestOf(input), audit, ...defined({ window: windowFor(input) }) };
  }

  /** Counted where something else stands in the way: the first change of a namespace, or of the nodes, waits for no count. */
  async function askCounting(request: AdmitRequest): Promise<Admission> {
    const answer = await admission.admit(request);
    const { namespace } = request;
    if (!mayBeBlastRadius(answer)) return answer;
    return await admission.admit({ ...request, workloadsInNamespace: await countWorkloads({ namespace }) });
  }

  /** Asked after the admission: what held the target until then has told of its change by now. */
  async function changedBy({
    remediationId,
    alert,
    plan,
    behind = plan.target,
  }: AdmitInput): Promise<string | undefined> {
    const [change] = await admission.changes({
      ...{ cluster: behind.cluster, objects: [formatTarget(behind)], except: remediationId },
      since: Date.parse(alert.startsAt),
    });
    return change?.remediationId;
  }

  /** Nothing is said of what changes nothing, or has been changed already. */
  function windowFor({ prepared, lends, hasActed }: AdmitInput) {
    const planned = prepared?.planned;
    if (planned === undefined || planned.isDone || lends === true || hasActed === true) return undefined;
    const before = preludeChange(prepared?.prelude);
    const now = clock();
    return calendar?.refusal(scopeOf(planned), now) ?? (before && calendar?.refusal(scopeOf(before), now));
  }

  /** The store's word; and the flags' own, where one has been asked before: it may have been lowered since. */
  async function fence(request: FenceAsk): Promise<FenceAnswer> {
    const { mode, change, ...asked } = request;
    const closed = change && calendar?.refusal(change, clock());
    if (closed !== undefined) return { open: false, reason: FenceReason.Window, text: closed.text };
    const answer = await admission.fence(asked);
    if (!answer.open || mode === undefined || flags === undefined) return answer;
    const now = await flags.resolveAgain(mode);
    if (lesserMode(now.mode, mode.admitted) === mode.admitted) return answer;
    return { open: false, reason: FenceReason.Mode, text: `The mode is ${now.mode} now (${now.source})` };
  }

  return {
    /** Asks for target, slot and money in one commit, with the audit rows of decision and intent. Fails with `StoreUnavailable`. */
    admit: (input: AdmitInput): Promise<AdmitAnswer> => typed(() => admit(input)),

    /** Whether a grant is still in force, just before an effect. Fails with `StoreUnavailable`. */
    fence: (request: FenceAsk): Promise<FenceAnswer> => typed(() => fence(request)),

    /**
     * Gives back what is named, and ends the incident where that is all; what was never granted is remembered as gone.
     * Fails with `StoreUnavailable`.
     */
    leave: (request: LeaveRequest): Promise<void> => typed(() => admission.leave(request)),
  };
}

/** As windows ask for it. */
export function scopeOf({
  action,
  target: { namespace },
  ownership,
}: Pick<PlannedChange, 'action' | 'target' | 'ownership'>): ChangeScope {
  return { action, namespace, ...defined({ team: ownership?.team?.name }) };
}

function mayBeBlastRadius(answer: Admission): boolean {
  if (answer.status === 'queued') return true;
  return answer.status === 'refused' && answer.reason === RefusalReason.BlastRadius;
}

/** What the store is asked, but for the rows of the audit log. */
export function requestOf({
  remediationId,
  alert,
  plan,
  prepared,
  behind,
  only,
  ...more
}: Omit<AdmitInput, 'decision'>): Omit<AdmitRequest, 'audit'> {
  const { planned, money } = prepared ?? {};
  const { target, action } = planned ?? { ...plan, ...defined({ target: behind }) };
  const objects = new Set([...(prepared === undefined ? [] : objectsToHold(prepared)), ...(more.holds ?? [])]);
  objects.delete(formatTarget(target));
  return {
    ...{ remediationId, locks: [...objects], action },
    cluster: target.cluster,
    namespace: target.namespace,
    target: formatTarget(target),
    alertKey: `${(alert.labels['alertname'] ?? '').slice(0, MAX_NAME)}/${alert.fingerprint}`,
    severity: severityOf(alert.labels['severity']),
    clause: plan.guards,
    ...defined({
      money: money !== undefined && 'ask' in money ? money.ask : undefined,
      only,
      sharesWatch: more.sharesWatch === true || planned?.isDone === true ? true : undefined,
      lends: more.lends,
      looks: more.looks,
      ladder: more.ladder,
    }),
  };
}

/** An effect that cannot be recorded does not start: these rows are in the commit that grants it. */
function entriesOf(
  {
    remediationId,
    decision,
    prepared: { planned, prelude },
    ladder,
  }: AdmitInput & Pick<Required<AdmitInput>, 'prepared'>,
  at: string,
): AuditEntry[] {
  const target = formatTarget(planned.target);
  const { title, action, change, command } = planned;
  const before = preludeChange(prelude);
  const step = rungKey(ladder?.rung ?? 1);
  const intended = { at, actor: 'mendloop', kind: 'effect_intended', remediationId } as const;
  return [
    {
      ...admittedDecisionEntry({ remediationId, decision, action, target, at }),
      key: `${remediationId}/${step}decision`,
    },
    ...(before === undefined
      ? []
      : [
          {
            ...intended,
            key: `${remediationId}/${step}prelude/intended`,
            target: formatTarget(before.target),
            data: { action: before.action, title: before.title, change: before.change, command: before.command },
          },
        ]),
    { ...intended, key: `${remediationId}/${step}act/intended`, target, data: { action, title, change, command } },
  ];
}

async function typed<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toApplicationFailure(error);
  }
}
