import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { NotificationChannel } from '../clients/notifications/notification-channel.ts';
import { MendloopError } from '../domain/failures.ts';
import type { RemediationNotice } from '../domain/notification.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { toApplicationFailure } from './failure.ts';

export type NotificationActivities = ReturnType<typeof createNotificationActivities>;

export interface NotificationActivityParts {
  readonly channels: readonly NotificationChannel[];
  readonly metrics: Pick<Metrics, 'notified'>;
  /** Absent: notices have no link to their remediation. */
  readonly webUi?: WebUi;
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
export function createNotificationActivities({ channels, metrics, webUi }: NotificationActivityParts) {
  async function send({ channel: name, notice, idempotencyKey }: Message): Promise<void> {
    const channel = channels.find((candidate) => candidate.name === name);
    if (channel === undefined) {
      throw new MendloopError('NotificationRejected', `the settings have no channel ${name} any more`);
    }
    const linked = webUi === undefined ? notice : { ...notice, webUiUrl: linkTo(notice.remediationId, webUi) };
    try {
      const since = activityInfo().scheduledTimestampMs;
      await channel.send(linked, { idempotencyKey, since, signal: cancellationSignal() });
      metrics.notified({ channelType: channel.type, result: 'delivered' });
    } catch (error) {
      const rejected = error instanceof MendloopError && error.type === 'NotificationRejected';
      metrics.notified({ channelType: channel.type, result: rejected ? 'rejected' : 'failed' });
      throw error;
    }
  }

  return {
    /** Names of the channels that want to hear of this. Pure but for the settings in use. */
    selectChannels({ notice }: { notice: RemediationNotice }): Promise<string[]> {
      return Promise.resolve(channels.filter((channel) => channel.accepts(notice)).map(({ name }) => name));
    },

    /**
     * Tells one channel. Idempotent by `idempotencyKey` where the receiver of a webhook heeds it, and by remediation and
     * outcome on Alertmanager: a retry after a lost answer is recognised there. Fails with `NotificationFailed`, to be
     * tried again, or `NotificationRejected`.
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
