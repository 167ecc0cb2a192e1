import { z } from 'zod';

/** A secret is never written in the file: it is named, by environment variable or by file (read again at each use). */
export const secretSchema = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);
export type SecretRef = z.infer<typeof secretSchema>;

const httpUrl = z.url({ protocol: /^https?$/, message: 'must be an http or https URL' });

const basicAuthSchema = z.strictObject({ username: z.string().min(1), password: secretSchema });

/** Files in PEM form. */
export const tlsSchema = z
  .strictObject({
    caFile: z.string().optional(),
    certFile: z.string().optional(),
    keyFile: z.string().optional(),
    serverName: z.string().optional(),
  })
  .refine((tls) => (tls.certFile === undefined) === (tls.keyFile === undefined), {
    message: 'certFile and keyFile go together',
  });

/** How to reach an HTTP server, whatever names it. */
const connectionShape = {
  tls: tlsSchema.optional(),
  headers: z.record(z.string(), z.string()).default({}),
  timeoutSeconds: z.number().positive().max(300).default(10),
};

/** How to reach an HTTP server: the same block wherever Mendloop calls out. */
export const endpointSchema = z
  .strictObject({
    url: httpUrl,
    bearer: secretSchema.optional(),
    basic: basicAuthSchema.optional(),
    ...connectionShape,
  })
  .refine((endpoint) => !(endpoint.bearer && endpoint.basic), { message: 'give bearer or basic, not both' });
export type Endpoint = z.infer<typeof endpointSchema>;

/** An HTTP server whose very URL is the secret, as that of a chat's incoming webhook. */
export const secretEndpointSchema = z.strictObject({ url: secretSchema, ...connectionShape });
export type SecretEndpoint = z.infer<typeof secretEndpointSchema>;
