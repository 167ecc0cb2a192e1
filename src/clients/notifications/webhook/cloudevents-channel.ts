import type { SettingsOf } from '../../../config/channels.ts';
import { renderNoticeBody } from '../../../domain/notice/notice-body.ts';
import { renderDigestBody } from '../../../domain/notice/notice-digest.ts';
import { plainLine } from '../../../domain/text/plain-text.ts';
import { createHttpEndpoint } from '../../http/http-endpoint.ts';
import { informs } from '../accepts.ts';
import { deliver } from '../deliver.ts';
import { messageId } from '../message-id.ts';
import type { Delivery, NotificationChannel } from '../notification-channel.ts';
import { webhookHeaders } from './webhook-signature.ts';

/** Types of our events. New fields in their data do not change them; a new meaning does. */
export const EventType = {
  Notice: 'dev.mendloop.remediation.notice.v1',
  Digest: 'dev.mendloop.remediation.digest.v1',
} as const;
export type EventType = (typeof EventType)[keyof typeof EventType];

/** Context attributes, all of them strings. Source: CloudEvents 1.0.2. */
type Attributes = Readonly<Record<'id' | 'source' | 'specversion' | 'type' | 'time', string>> & {
  readonly subject?: string;
};

interface Event {
  readonly type: EventType;
  /** What it is about. */
  readonly subject?: string;
  readonly data: unknown;
}

/**
 * Posts every notice as a CloudEvent 1.0, in binary or structured mode, with the headers of Standard Webhooks beside it.
 * `id` is the same for every attempt to send one notice: receivers take events of the same `source` and `id` for one.
 * The signature covers the body; in binary mode the `ce-` headers are outside it, so that who relies on it should choose
 * structured mode.
 */
export function createCloudEventsChannel(name: string, settings: SettingsOf<'cloudevents'>): NotificationChannel {
  const http = createHttpEndpoint(settings.endpoint);

  async function post({ type, subject, data }: Event, { idempotencyKey, since, signal }: Delivery): Promise<void> {
    const attributes: Attributes = {
      specversion: '1.0',
      id: messageId(idempotencyKey),
      source: settings.source,
      type,
      time: new Date(since).toISOString(),
      ...(subject === undefined ? {} : { subject }),
    };
    const { body, headers } = settings.mode === 'binary' ? binary(attributes, data) : structured(attributes, data);
    const signed = webhookHeaders({ channel: name, id: attributes.id, body, settings });
    await deliver({
      channel: name,
      http,
      explain: false, // A receiver that we know nothing of may repeat our own credentials.
      request: { body, headers: { ...headers, ...signed }, signal },
    });
  }

  return {
    name,
    type: 'cloudevents',
    accepts: informs(settings.events),
    send: (notice, delivery) =>
      post(
        { type: EventType.Notice, subject: plainLine(notice.remediationId), data: renderNoticeBody(notice) },
        delivery,
      ),
    sendDigest: (notices, delivery) => post({ type: EventType.Digest, data: renderDigestBody(notices) }, delivery),
    close: () => http.close(),
  };
}

interface Message {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Attributes in headers, data as the body. Source: HTTP protocol binding 1.0.2, section 3.1. */
function binary(attributes: Attributes, data: unknown): Message {
  const headers = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, percentEncode(value)] as const);
  return {
    body: JSON.stringify(data),
    headers: { 'content-type': 'application/json', ...Object.fromEntries(headers) },
  };
}

/** Attributes and data in one JSON document. Source: HTTP protocol binding 1.0.2, section 3.2. */
function structured(attributes: Attributes, data: unknown): Message {
  return {
    body: JSON.stringify({ ...attributes, datacontenttype: 'application/json', data }),
    headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
  };
}

/** All but printable ASCII, and of that the space, the quote and the percent sign. Source: section 3.1.3.2. */
function percentEncode(value: string): string {
  return value
    .toWellFormed()
    .replace(/[^!#$&-~]/gu, (character) =>
      [...new TextEncoder().encode(character)]
        .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
        .join(''),
    );
}
