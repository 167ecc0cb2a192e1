import { z } from 'zod';
import { endpointSchema } from './endpoint.ts';

/** Flags in flagd's file format, read by Mendloop itself and followed while it runs. */
const fileSchema = z.strictObject({ provider: z.literal('file'), file: z.string().min(1) });

/**
 * A flagd daemon. Its flags are kept here by its gRPC sync service, and evaluated here: a decision does not wait for a
 * daemon, and one that goes away leaves the flags as they were.
 */
const flagdSchema = z.strictObject({
  provider: z.literal('flagd'),
  host: z.string().min(1).default('127.0.0.1'),
  /** Of the sync service. */
  port: z.number().int().min(1).max(65_535).default(8015),
  tls: z.boolean().default(false),
  /** Certificate authority in PEM form, where it is not one of the system's. */
  caFile: z.string().min(1).optional(),
});

/** Any flag system that speaks the OpenFeature Remote Evaluation Protocol; flagd does so too. */
const ofrepSchema = z.strictObject({ provider: z.literal('ofrep'), endpoint: endpointSchema });

/** Where the flag `mendloop-mode` is asked. */
export const flagsSchema = z.discriminatedUnion('provider', [fileSchema, flagdSchema, ofrepSchema]);
export type FlagSettings = z.infer<typeof flagsSchema>;
