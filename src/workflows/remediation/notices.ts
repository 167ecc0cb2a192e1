import type { Alert } from '../../domain/alert/alert.ts';
import { type ApprovalState, rolesAsked } from '../../domain/approval/approval.ts';
import { shortDiagnosis } from '../../domain/diagnosis/diagnosis-text.ts';
import { planInForce } from '../../domain/ladder/plan-in-force.ts';
import { defined } from '../../domain/defined.ts';
import { deedOf } from '../../domain/remediation/what-was-done.ts';
import { formatTarget } from '../../domain/target/format-target.ts';
import type { Sample, VerificationReport } from '../../domain/verification/measurement.ts';
import {
  APPROVAL_REQUESTED,
  isFailure,
  type NoticeKind,
  ORDER_FORGED,
  type RemediationNotice,
} from '../../domain/notice/notification.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { RemediationStatus } from '../../domain/remediation/remediation.ts';
import { momentText } from '../../domain/text/moment-text.ts';
import { read, tell } from '../activity-profiles.ts';

/** What people are told: an end, or a question. */
export interface Message {
  readonly kind: NoticeKind;
  /** One sentence for people. */
  readonly text: string;
  /** What a human types to undo what the machine could not. */
  readonly manualCommand?: string;
  /** The alert has resolved since people were told of this end. */
  readonly resolved?: boolean;
  /** It is about the whole spell of the alert, of which this remediation is one try. */
  readonly ofSpell?: boolean;
  /** Keeps what is told on the way apart from what is told at the end; absent: the end. */
  readonly occasion?: string;
}

export interface Telling {
  readonly id: string;
  readonly alert: Alert;
  readonly status: RemediationStatus;
  readonly message: Message;
}

/**
 * Tells every channel that wants to hear of this ending, each on its own, so that one that is down keeps nobody from
 * the others and is tried again alone. Never throws: returns the channels that were reached.
 */
export async function notifyPeople(telling: Telling): Promise<string[]> {
  const notice = buildNotice(telling);
  let channels: string[];
  try {
    channels = await read('choose who is told', (activities) => activities.selectChannels({ notice }));
  } catch {
    return []; // The configuration names no channel that could be asked; nothing is left to try.
  }
  const reached = await Promise.all(
    channels.map(async (channel) => {
      const occasion = telling.message.occasion ?? (notice.resolved === true ? 'resolved' : undefined);
      const idempotencyKey = [telling.id, notice.kind, ...(occasion === undefined ? [] : [occasion]), channel].join(
        '/',
      );
      try {
        await tell(`tell ${channel}: ${notice.kind}${occasion === undefined ? '' : `, ${occasion}`}`).notify({
          channel,
          notice,
          idempotencyKey,
        });
        return [channel];
      } catch {
        return []; // In history with its reason, and missing from `notified`.
      }
    }),
  );
  return reached.flat();
}

function buildNotice({ id, alert, status, message }: Telling): RemediationNotice {
  const { decision, planned, verification } = status;
  const plan = planInForce(status);
  const asked = message.kind === APPROVAL_REQUESTED ? status.approval : undefined;
  return defined({
    kind: message.kind,
    remediationId: id,
    subject: subjectOf(id, message),
    alert: { labels: alert.labels, annotations: alert.annotations, startsAt: alert.startsAt },
    summary: message.text,
    resolved: message.resolved,
    details: [
      ...status.timeline.map(({ at, text }) => `${momentText(at)} ${text}`),
      ...plannedChange(message, status),
      ...seen(message, status),
    ],
    action: plan?.action,
    target: plan && formatTarget(planned?.target ?? plan.target),
    ...deedOf(status),
    signal: plan && verification && signalOf(plan, verification),
    runbookUrl: decision?.verdict === 'human' ? decision.runbookUrl : plan?.runbookUrl,
    approval: asked && askOf(asked),
    manualCommand: message.manualCommand,
  });
}

/** A page about an attack is not closed by a cure. */
function subjectOf(id: string, { kind, ofSpell }: Message): string | undefined {
  if (kind === ORDER_FORGED) return `${id}/orders`;
  return ofSpell === true ? spellOf(id) : undefined;
}

/**
 * Held back again and again, the same spell is one page. Its remediations differ in the last part of their IDs, which
 * counts them.
 */
function spellOf(id: string): string {
  return id.replace(/\/\d+$/, '');
}

/** Each role is a group of its own: the holder of its link votes as the group. */
function askOf({ requestedAt, deadlineAt, clause }: ApprovalState) {
  return {
    round: requestedAt,
    deadlineAt,
    quorum: clause.quorum,
    approvers: rolesAsked(clause).map((role) => ({ name: role, roles: [role] })),
  };
}

/** What an approver says yes or no to, line by line. */
function plannedChange({ kind }: Message, { preview }: RemediationStatus): string[] {
  return kind === APPROVAL_REQUESTED && preview !== undefined ? preview.diff.split('\n') : [];
}

/** Where a human has to go on from there. */
function seen(message: Message, { diagnosis }: RemediationStatus): string[] {
  const isForHuman = message.kind === APPROVAL_REQUESTED || (isFailure(message) && message.resolved !== true);
  return isForHuman && diagnosis !== undefined ? shortDiagnosis(diagnosis) : [];
}

/** The number that was to be cured; undefined where the proof has none. */
function signalOf(plan: Plan, { before, after }: VerificationReport): RemediationNotice['signal'] {
  const { objective } = plan.verification;
  if (objective === undefined) return undefined;
  const { name, unit } = objective;
  const value = (sample: Sample | undefined) => (sample?.status === 'known' ? sample.value : null);
  return { name, unit, before: value(before), after: value(after) };
}
