import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { type LinkMaker, makeApprovalLinks } from '../clients/links/make-approval-links.ts';
import { deliveredOnce } from '../clients/notifications/rate/delivered-once.ts';
import type { NotificationChannel } from '../clients/notifications/notification-channel.ts';
import { defined } from '../domain/defined.ts';
import { MendloopError } from '../domain/failures.ts';
import type { NoticeRouter } from '../domain/notice/notice-routes.ts';
import type { NoticeLink, RemediationNotice } from '../domain/notice/notification.ts';
import { byName, waysToVote } from '../domain/notice/ways-to-vote.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { attachReport, type ReportParts } from './attach-report.ts';
import { toApplicationFailure } from './failure.ts';

export type NotificationActivities = ReturnType<typeof createNotificationActivities>;

export interface NotificationActivityParts {
  readonly channels: readonly NotificationChannel[];
  readonly metrics: Pick<Metrics, 'notified'>;
  /** Which of the channels a notice is for; absent: all of them. */
  readonly route?: NoticeRouter;
  /** Hosts that links of the alert's own may lead to; absent: none. */
  readonly linkHosts?: readonly string[];
  /** Absent: notices have no link to their remediation. */
  readonly webUi?: WebUi | undefined;
  /** Absent: notices of an end come without the post-mortem. */
  readonly report?: ReportParts;
  /** Where approval links lead and what signs them, asked for at each use; absent: requests for approval have none. */
  readonly approvalLinks?: () => LinkMaker;
}

/** Where Temporal's Web UI shows the remediations. */
export interface WebUi {
  readonly url: string;
  readonly namespace: string;
}

/** One message to one channel. */
export interface Message {
  /** Its name, as `selectChannels` gave it. */
  readonly channel: string;
  readonly notice: RemediationNotice;
  /** The same for every attempt to tell this channel of this ending, and of nothing else. */
  readonly idempotencyKey: string;
}

/**
 * Telling people, a channel at a time, so that trying again where one is down repeats nothing where another was
 * reached.
 */
export function createNotificationActivities(parts: NotificationActivityParts) {
  const { channels, metrics, route, webUi } = parts;
  const once = deliveredOnce();

  async function send({ channel: name, notice, idempotencyKey }: Message): Promise<void> {
    const channel = channels.find((candidate) => candidate.name === name);
    if (channel === undefined) {
      throw new MendloopError('NotificationRejected', `the settings have no channel ${name} any more`);
    }
    try {
      const since = activityInfo().scheduledTimestampMs;
      const signal = cancellationSignal();
      await once(`${name} ${idempotencyKey}`, async () => {
        await channel.send(await complete(notice, channel), { idempotencyKey, since, signal });
        metrics.notified({ channelType: channel.type, result: 'delivered' });
      });
    } catch (error) {
      const type = error instanceof MendloopError ? error.type : undefined;
      // Waiting for its turn is no failure.
      if (type !== 'NotificationHeld') {
        const result = type === 'NotificationRejected' ? 'rejected' : 'failed';
        metrics.notified({ channelType: channel.type, result });
      }
      throw error;
    }
  }

  /** With what is known here only, and enters no history. */
  async function complete(
    notice: RemediationNotice,
    { carriesVotes = false }: NotificationChannel,
  ): Promise<RemediationNotice> {
    const mayHaveLinks = carriesVotes && parts.approvalLinks !== undefined;
    const ways = mayHaveLinks ? waysToVote(notice) : byName(notice);
    const { links = [], ...attached } = parts.report === undefined ? {} : await attachReport(notice, parts.report);
    return {
      ...notice,
      ...attached,
      ...defined({ linkHosts: parts.linkHosts }),
      ...(webUi === undefined ? {} : { webUiUrl: linkTo(notice.remediationId, webUi) }),
      details: ways?.kind === 'own_name' ? [...notice.details, ways.hint] : notice.details,
      links: [...(notice.links ?? []), ...links, ...(ways?.kind === 'links' ? linksToVote(notice) : [])],
    };
  }

  /**
   * The holder of a link may vote, so links are made where they are sent and enter no history. Every attempt makes other
   * ones, which changes nothing: a person counts once.
   */
  function linksToVote({ remediationId, approval }: RemediationNotice): NoticeLink[] {
    if (approval === undefined || parts.approvalLinks === undefined) return [];
    const deadlineAt = Date.parse(approval.deadlineAt);
    const { round, approvers } = approval;
    const wanted = { remediationId, round, deadlineAt, approvers };
    return makeApprovalLinks(parts.approvalLinks(), wanted).map(({ name, url }) => ({
      text: `Approve or reject as ${name}`,
      url,
    }));
  }

  return {
    /** Names of the channels that this is for and that want to hear of it. Pure but for the settings in use. */
    selectChannels({ notice }: { notice: RemediationNotice }): Promise<string[]> {
      const isFor = route?.(notice) ?? (() => true);
      const chosen = channels.filter((channel) => isFor(channel.name) && channel.accepts(notice));
      return Promise.resolve(chosen.map(({ name }) => name));
    },

    /**
     * Tells one channel. Idempotent by `idempotencyKey`: in this process; by the receiver of a webhook or a CloudEvent and
     * heeds it; and by the remediation at Alertmanager, PagerDuty and Jira Service Management. A chat may be told twice, if the answer
     * was lost and another process tries again. Fails with `NotificationFailed` or `NotificationHeld`, to be tried again,
     * or `NotificationRejected`.
     */
    async notify(message: Message): Promise<void> {
      try {
        await send(message);
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },
  };
}

function linkTo(workflowId: string, { url, namespace }: WebUi): string {
  const path = ['namespaces', namespace, 'workflows', workflowId].map(encodeURIComponent).join('/');
  return `${url.replace(/\/+$/, '')}/${path}`;
}
