import { z } from 'zod';
import { personKey } from '../domain/approval/person.ts';
import { secretSchema } from './endpoint.ts';

/** Without a slash at the end, so that paths can be put behind it. */
const baseUrl = z
  .url({ protocol: /^https?$/, message: 'must be an http or https URL' })
  .refine((url) => !/[?#@]/.test(url), { message: 'must have neither user, query nor fragment' })
  .transform((url) => url.replace(/\/+$/, ''));

const VISIBLE = 'must have visible characters only';

const userSchema = z.strictObject({
  /** Who stands behind what is approved, paused or undone. */
  name: z
    .string()
    .max(120)
    .regex(/^(?=.*\S)[^\p{C}]+$/u, { message: VISIBLE, abort: true })
    .refine((name) => personKey(name) !== '', VISIBLE),
  /** Bearer token. */
  token: secretSchema,
  /** `viewer`, `approver`, `operator`, and roles of your own that approval clauses name. */
  roles: z
    .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/, 'must be a word: letters, digits, dots, dashes'))
    .min(1)
    .max(50),
});

/** What Mendloop serves over HTTP: the webhook, the API under `/api/v1`, approval links. */
export const apiSchema = z
  .strictObject({
    host: z.string().default('127.0.0.1'),
    port: z.number().int().min(0).max(65_535).default(8080),
    /** How people reach this API, behind a proxy for example; what links in notices begin with. */
    publicUrl: baseUrl.optional(),
    /** Absent: the webhook takes alerts only from programs of its own machine, on a loopback listener. */
    webhookToken: secretSchema.optional(),
    /** Has the webhook take alerts without a token, off the loopback too: from everybody who reaches the port. */
    insecure: z.boolean().default(false),
    /** Who may use `/api/v1`. None: on a loopback listener who has the link that each start prints, else nobody. */
    users: z.array(userSchema).max(200).default([]),
    /** Signs the links in notices: to approve once, and to read the report; 32 random characters or more. Absent: there are no links. */
    linkSecret: secretSchema.optional(),
    /** Largest body, in bytes, that is read. */
    maxBodyBytes: z
      .number()
      .int()
      .min(1024)
      .max(64 * 1024 * 1024)
      .default(5 * 1024 * 1024),
    /** Seconds that a client may take to send its request. */
    requestTimeoutSeconds: z.number().positive().max(300).default(30),
    /**
     * Alerts of one request that are started, or told of their end; the rest is answered with 503, and taken when the sender
     * repeats the request. What is known already, and what no rule wants, does not count.
     */
    maxAlertsPerRequest: z.number().int().min(1).max(100_000).default(2000),
    /** Workflows of one request that are started at the same time. */
    startConcurrency: z.number().int().min(1).max(1000).default(32),
    /** Workflows that are started at the same time, of all requests together; more wait for their turn. */
    maxStarts: z.number().int().min(1).max(10_000).default(256),
    /** Requests in flight beyond which the webhook answers 503, so that memory stays bounded. */
    maxInFlight: z.number().int().min(1).max(10_000).default(128),
    /** Clients that may follow `/api/v1/events` at the same time. */
    maxEventStreams: z.number().int().min(1).max(10_000).default(100),
    /** The same for one user, so that no viewer can hold all of them. */
    maxEventStreamsPerUser: z.number().int().min(1).max(10_000).default(10),
    /** Seconds that a graceful shutdown waits for requests in flight. */
    drainSeconds: z.number().positive().max(300).default(20),
  })
  .superRefine(({ users, linkSecret, publicUrl, maxEventStreams, maxEventStreamsPerUser }, context) => {
    const seen = new Set<string>();
    users.forEach(({ name }, index) => {
      const person = personKey(name);
      if (seen.has(person)) {
        context.addIssue({ code: 'custom', path: ['users', index, 'name'], message: 'is the name of two users' });
      }
      seen.add(person);
    });
    if (users.length > 1 && maxEventStreamsPerUser >= maxEventStreams) {
      context.addIssue({
        code: 'custom',
        path: ['maxEventStreamsPerUser'],
        message: 'must be less than maxEventStreams: else one user could hold all of them',
      });
    }
    if (linkSecret !== undefined && publicUrl === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['publicUrl'],
        message: 'is missing: approval links need an address that people can reach',
      });
    }
  });
export type ApiSettings = z.infer<typeof apiSchema>;
