import { z } from 'zod';
import { endpointSchema, secretEndpointSchema, secretSchema } from './endpoint.ts';

/** Notices a minute beyond which those that ask nothing of anybody are held back; failures never are. */
const maxPerMinute = z.number().int().min(1).max(6000).optional();

/** `failures`: only what a human must see, questions too, and how that ended; `all`: cures too. */
const events = z.enum(['failures', 'all']).default('all');

/**
 * Sends links to approve or reject, each good for one vote of its reader: say so only of a channel that none but those
 * who may decide can read. Receivers that are programs are never sent any.
 */
const approvalLinks = z.boolean().default(false);

/** Of the Standard Webhooks specification: `whsec_` and 24 to 64 random bytes in base64. */
const signing = {
  signingSecret: secretSchema.optional(),
  /** The one before, while receivers change over: both sign. */
  previousSigningSecret: secretSchema.optional(),
};

const alertmanagerSchema = z.strictObject({
  type: z.literal('alertmanager'),
  endpoint: endpointSchema,
  /** Seconds that the `RemediationFailed` alert stays firing, so that it is not resolved before a human saw it. */
  holdSeconds: z
    .number()
    .positive()
    .max(7 * 86_400)
    .default(3600),
});

const webhookSchema = z.strictObject({
  type: z.literal('webhook'),
  endpoint: endpointSchema,
  events,
  maxPerMinute,
  ...signing,
});

const cloudEventsSchema = z.strictObject({
  type: z.literal('cloudevents'),
  endpoint: endpointSchema,
  events,
  maxPerMinute,
  /** `binary`: attributes as `ce-` headers; `structured`: all in one JSON body. */
  mode: z.enum(['binary', 'structured']).default('binary'),
  /** Attribute `source`: tells one Mendloop from another. */
  source: z
    .string()
    .regex(/^[\w.~:/?#[\]@!$&'()*+,;=%-]{1,512}$/, 'must be a URI or a path')
    .default('urn:mendloop'),
  ...signing,
});

const pagerDutySchema = z.strictObject({
  type: z.literal('pagerduty'),
  /** Europe: `https://events.eu.pagerduty.com`. */
  endpoint: endpointSchema.prefault({ url: 'https://events.pagerduty.com' }),
  /** Integration key of an Events API v2 integration. */
  routingKey: secretSchema,
  maxPerMinute,
});

const slackSchema = z.strictObject({
  type: z.literal('slack'),
  /** `url` is the incoming webhook. Not called `endpoint`, because one key must not be both a secret and none. */
  webhook: secretEndpointSchema,
  events,
  approvalLinks,
  maxPerMinute,
});

const jsmSchema = z.strictObject({
  type: z.literal('jsm'),
  /** An Opsgenie that has not been moved yet: `https://api.opsgenie.com`, in Europe `https://api.eu.opsgenie.com`. */
  endpoint: endpointSchema.prefault({ url: 'https://api.atlassian.com/jsm/ops/integration' }),
  /** Key of an API integration. */
  apiKey: secretSchema,
  responders: z
    .array(z.strictObject({ type: z.enum(['team', 'user', 'escalation', 'schedule']), id: z.string().min(1) }))
    .max(50)
    .default([]),
  maxPerMinute,
});

const msTeamsSchema = z.strictObject({
  type: z.literal('msteams'),
  /** `url` is that of a workflow "when a Teams webhook request is received". */
  webhook: secretEndpointSchema,
  events,
  approvalLinks,
  maxPerMinute,
});

/** A way to tell people. */
export const channelSchema = z.discriminatedUnion('type', [
  alertmanagerSchema,
  webhookSchema,
  cloudEventsSchema,
  pagerDutySchema,
  slackSchema,
  jsmSchema,
  msTeamsSchema,
]);
export type ChannelSettings = z.infer<typeof channelSchema>;
export type ChannelType = ChannelSettings['type'];

/** The settings of one type of channel. */
export type SettingsOf<Type extends ChannelType> = Extract<ChannelSettings, { type: Type }>;
