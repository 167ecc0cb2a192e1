import { z } from 'zod';
import { seconds } from './query.ts';

const MAX_URL = 2048;

/** HTTP asked of what the target serves. Which hosts may be asked, the settings say: `verification.probes.hosts`. */
export const probeSchema = z.strictObject({
  /** Short name for people: `checkout answers`. */
  name: z.string().min(1).max(120),
  url: z
    .url({ protocol: /^https?$/, error: 'expected an address with http or https' })
    .max(MAX_URL)
    .refine((url) => !hasCredentials(url), { message: 'expected no credentials in the address' }),
  method: z.literal('GET').default('GET'),
  /** Seconds for the whole exchange. */
  timeoutSeconds: seconds(30).default(5),
  /** What the answer must be; all of it. Redirects are not followed: they are an answer. */
  expect: z
    .strictObject({
      status: z
        .union([z.number().int().min(100).max(599), z.array(z.number().int().min(100).max(599)).min(1).max(20)])
        .default(200),
      /** Values of the body's JSON by JSON Pointer (RFC 6901): `/status`. */
      json: z
        .array(
          z.strictObject({
            pointer: z
              .string()
              .max(256)
              .regex(/^(\/([^~/]|~[01])*)*$/, 'expected a JSON Pointer: /status'),
            equals: z.union([z.string().max(1024), z.number(), z.boolean(), z.null()]),
          }),
        )
        .max(20)
        .default([]),
    })
    .prefault({}),
});
export type Probe = z.infer<typeof probeSchema>;

function hasCredentials(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && (parsed.username !== '' || parsed.password !== '');
}
