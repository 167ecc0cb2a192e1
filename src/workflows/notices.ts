import type { Alert } from '../domain/alert.ts';
import { isPlanned } from '../domain/decision.ts';
import { formatTarget } from '../domain/format-target.ts';
import type { Sample, VerificationReport } from '../domain/measurement.ts';
import type { RemediationNotice } from '../domain/notification.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { RemediationStatus } from '../domain/remediation.ts';
import { read, tell } from './activity-profiles.ts';
import type { Ending } from './ending.ts';

export interface Telling {
  readonly id: string;
  readonly alert: Alert;
  readonly status: RemediationStatus;
  readonly ending: Ending;
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
      const idempotencyKey = `${telling.id}/${telling.ending.outcome}/${channel}`;
      try {
        await tell(`tell ${channel}: ${notice.kind}`).notify({ channel, notice, idempotencyKey });
        return [channel];
      } catch {
        return []; // In history with its reason, and missing from `notified`.
      }
    }),
  );
  return reached.flat();
}

function buildNotice({ id, alert, status, ending }: Telling): RemediationNotice {
  const { decision, snapshot, scale, verification } = status;
  const plan = isPlanned(decision) ? decision.plan : undefined;
  const runbookUrl = decision?.verdict === 'human' ? decision.runbookUrl : plan?.runbookUrl;
  return {
    kind: ending.outcome,
    remediationId: id,
    alert: { labels: alert.labels, annotations: alert.annotations, startsAt: alert.startsAt },
    summary: ending.text,
    details: status.timeline.map(({ at, text }) => `${at} ${text}`),
    ...(plan === undefined ? {} : { action: plan.action, target: formatTarget(snapshot?.target ?? plan.target) }),
    ...(scale === undefined ? {} : { replicas: { before: scale.before, after: scale.after } }),
    ...(plan === undefined || verification === undefined ? {} : { signal: signalOf(plan, verification) }),
    ...(runbookUrl === undefined ? {} : { runbookUrl }),
    ...(ending.manualCommand === undefined ? {} : { manualCommand: ending.manualCommand }),
  };
}

function signalOf(plan: Plan, { before, after }: VerificationReport): RemediationNotice['signal'] & object {
  const { name, unit } = plan.verification.objective;
  const value = (sample: Sample) => (sample.status === 'known' ? sample.value : null);
  return { name, unit, before: value(before), after: value(after) };
}
