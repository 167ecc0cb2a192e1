import { z } from 'zod';
import { FAILURES, type FailureType } from '../../domain/failures.ts';
import type { Statement } from '../database.ts';

/**
 * What processes of one machine say to each other, one line of JSON each: the one that has the embedded database open
 * runs the statements of the others. The socket is in a folder that only its user may enter.
 */
export const requestSchema = z.strictObject({
  id: z.int(),
  text: z.string(),
  values: z.array(z.union([z.string(), z.number(), z.null(), z.array(z.string().nullable())])),
  role: z.enum(['mendloop_writer', 'mendloop_retention']),
  prepare: z.string().exactOptional(),
});
export type StoreRequest = Required<Omit<Statement, 'prepare'>> & Pick<Statement, 'prepare'> & { readonly id: number };

export const responseSchema = z.union([
  z.strictObject({ id: z.int(), rows: z.array(z.record(z.string(), z.string().nullable())) }),
  z.strictObject({ id: z.int(), error: z.string(), type: z.enum(Object.keys(FAILURES) as [FailureType]) }),
]);
export type StoreResponse = z.infer<typeof responseSchema>;
