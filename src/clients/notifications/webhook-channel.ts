import { createHash } from 'node:crypto';
import type { ChannelSettings } from '../../config/schema.ts';
import { renderNoticeBody } from '../../domain/notice-body.ts';
import { urgencyOf } from '../../domain/notification.ts';
import { createHttpEndpoint } from '../http/http-endpoint.ts';
import { deliver } from './deliver.ts';
import type { NotificationChannel } from './notification-channel.ts';

export type WebhookSettings = Extract<ChannelSettings, { type: 'webhook' }>;

/**
 * Posts every notice, or only failures, as JSON (`NoticeBody`). Every attempt to send one notice has the same
 * `webhook-id`, also as `Idempotency-Key`, by which the receiver knows a repetition; `webhook-timestamp` is the attempt's
 * time in seconds since the epoch. Source of the headers: the Standard Webhooks specification.
 */
export function createWebhookChannel(name: string, settings: WebhookSettings): NotificationChannel {
  const http = createHttpEndpoint(settings.endpoint);
  return {
    name,
    type: 'webhook',
    accepts(notice) {
      const urgency = urgencyOf(notice);
      return urgency === 'failure' || (urgency === 'event' && settings.events === 'all');
    },
    async send(notice, { idempotencyKey, signal }) {
      const id = messageId(idempotencyKey);
      await deliver({
        channel: name,
        http,
        explain: false, // A receiver that we know nothing of may repeat our own credentials.
        request: {
          method: 'POST',
          path: '',
          body: JSON.stringify(renderNoticeBody(notice)),
          headers: {
            'content-type': 'application/json',
            'idempotency-key': id,
            'webhook-id': id,
            'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
          },
          ...(signal === undefined ? {} : { signal }),
        },
      });
    },
    close: () => http.close(),
  };
}

/** The key in the alphabet of a header, whatever an alert or a channel is called, and without the specification's `.`. */
function messageId(idempotencyKey: string): string {
  return `msg_${createHash('sha256').update(idempotencyKey).digest('base64url')}`;
}
