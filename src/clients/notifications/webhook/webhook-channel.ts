import type { SettingsOf } from '../../../config/channels.ts';
import { renderNoticeBody } from '../../../domain/notice/notice-body.ts';
import { renderDigestBody } from '../../../domain/notice/notice-digest.ts';
import { createHttpEndpoint } from '../../http/http-endpoint.ts';
import { informs } from '../accepts.ts';
import { deliver, JSON_HEADERS } from '../deliver.ts';
import { messageId } from '../message-id.ts';
import type { Delivery, NotificationChannel } from '../notification-channel.ts';
import { webhookHeaders } from './webhook-signature.ts';

/**
 * Posts every notice, or only failures, as JSON (`NoticeBody`, `DigestBody`) with the headers of Standard Webhooks. Every
 * attempt to send one notice has the same `webhook-id`, by which the receiver knows a repetition.
 */
export function createWebhookChannel(name: string, settings: SettingsOf<'webhook'>): NotificationChannel {
  const http = createHttpEndpoint(settings.endpoint);

  async function post(content: unknown, { idempotencyKey, signal }: Delivery): Promise<void> {
    const body = JSON.stringify(content);
    const headers = webhookHeaders({ channel: name, id: messageId(idempotencyKey), body, settings });
    await deliver({
      channel: name,
      http,
      explain: false, // A receiver that we know nothing of may repeat our own credentials.
      request: { body, headers: { ...JSON_HEADERS, ...headers }, signal },
    });
  }

  return {
    name,
    type: 'webhook',
    accepts: informs(settings.events),
    send: (notice, delivery) => post(renderNoticeBody(notice), delivery),
    sendDigest: (notices, delivery) => post(renderDigestBody(notices), delivery),
    close: () => http.close(),
  };
}
