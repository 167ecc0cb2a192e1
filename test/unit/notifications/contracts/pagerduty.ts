import { z } from 'zod';
import type { Answer, Received } from '../http-receiver.ts';

/** The one key that the integration knows. */
export const ROUTING_KEY = '0123456789abcdef0123456789abcdef';

const MAX_BYTES = 512_000;
const httpsUrl = z.url({ protocol: /^https$/ });
const text = z.string().min(1);

const head = { routing_key: z.string().length(32), dedup_key: text.max(255) };

/** PagerDuty Events API v2, as documented under "Send an Alert Event"; strict, so that a misspelt field is found. */
const eventSchema = z.discriminatedUnion('event_action', [
  z.strictObject({
    ...head,
    event_action: z.literal('trigger'),
    client: text.optional(),
    client_url: z.url().optional(),
    payload: z.strictObject({
      summary: text.max(1024),
      source: text,
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime(),
      component: text.optional(),
      group: text.optional(),
      class: text.optional(),
      custom_details: z.record(z.string(), z.unknown()),
    }),
    links: z.array(z.strictObject({ href: z.url(), text: z.string().optional() })),
    images: z.array(z.strictObject({ src: httpsUrl, href: z.url().optional(), alt: z.string().optional() })),
  }),
  z.strictObject({ ...head, event_action: z.literal('resolve') }),
]);
export type Event = z.infer<typeof eventSchema>;

/** Answers as PagerDuty does, and knows which incidents are open. */
export function pagerDuty() {
  const open = new Map<string, Extract<Event, { event_action: 'trigger' }>>();
  const answer = ({ method, url, headers, body }: Received): Answer => {
    if (method !== 'POST' || url !== '/v2/enqueue') return { status: 404 };
    const event = eventSchema.safeParse(JSON.parse(body));
    const errors = [
      ...(headers['content-type'] === 'application/json' ? [] : ['content-type']),
      ...(Buffer.byteLength(body) > MAX_BYTES ? ['too large'] : []),
      ...(event.success ? [] : event.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)),
      ...(event.success && event.data.routing_key !== ROUTING_KEY ? ["'routing_key' is unknown"] : []),
    ];
    if (!event.success || errors.length > 0) return invalid(errors);
    const { data } = event;
    if (data.event_action === 'trigger') open.set(data.dedup_key, data);
    else open.delete(data.dedup_key);
    const accepted = { status: 'success', message: 'Event processed', dedup_key: data.dedup_key };
    return { status: 202, body: JSON.stringify(accepted) };
  };
  return { open, answer };
}

function invalid(errors: readonly string[]): Answer {
  const body = { status: 'invalid event', message: 'Event object is invalid', errors };
  return { status: 400, body: JSON.stringify(body) };
}
