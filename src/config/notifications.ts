import { RE2JS } from 're2js';
import { z } from 'zod';
import { Outcome } from '../domain/remediation/outcome.ts';
import { channelSchema } from './channels.ts';
import { didYouMean } from './did-you-mean.ts';
import { endpointSchema } from './endpoint.ts';

const regexSchema = z
  .string()
  .refine(isRegex, { message: 'is not a regular expression of RE2, as Prometheus has them' });

const routeMatchSchema = z.strictObject({
  /** `failure`: a human has to take over, or had to and it is over; `question`: has to answer; `event`: the rest. */
  urgency: z.enum(['failure', 'question', 'event']).optional(),
  outcomes: z.array(z.enum(Outcome)).min(1).optional(),
  /** Labels of the alert with their values; a label that is missing has the value ''. */
  labels: z.record(z.string(), z.string()).default({}),
  /** The same with regular expressions that the whole value must match. */
  labelsMatching: z.record(z.string(), regexSchema).default({}),
});

const routeSchema = z.strictObject({
  /** All that is given must hold; nothing given: every notice. */
  match: routeMatchSchema.prefault({}),
  channels: z.array(z.string()),
  /** Whether the routes below are asked too. */
  continue: z.boolean().default(false),
});

const holdPagesSchema = z.strictObject({
  /** The Alertmanager that pages. */
  endpoint: endpointSchema,
  /** Seconds from the first hold after which the page goes out whatever happens. */
  maxSeconds: z.number().positive().max(3600).default(600),
  /** Labels that identify the alert, besides `alertname`; absent: all that it has. */
  matchers: z.array(z.string().min(1)).min(1).optional(),
});
export type HoldPagesSettings = z.infer<typeof holdPagesSchema>;

/** Whom to tell of what. */
export const notificationsSchema = z
  .strictObject({
    channels: z.record(z.string(), channelSchema).default({}),
    /** The first that matches decides, unless it says `continue`; none at all: every channel is told. */
    routes: z.array(routeSchema).max(1000).default([]),
    /** Absent: pages are never held back. */
    holdPages: holdPagesSchema.optional(),
  })
  .superRefine(({ channels, routes }, context) => {
    const known = Object.keys(channels);
    routes.forEach((route, index) => {
      route.channels.forEach((name, at) => {
        if (Object.hasOwn(channels, name)) return;
        const meant = didYouMean(name, known);
        context.addIssue({
          code: 'custom',
          path: ['routes', index, 'channels', at],
          message: meant === undefined ? 'is none of the channels' : `is none of the channels; did you mean ${meant}?`,
        });
      });
    });
  });

function isRegex(text: string): boolean {
  try {
    RE2JS.compile(text);
    return true;
  } catch {
    return false;
  }
}
