import { z } from 'zod';
import { endpointSchema } from './endpoint.ts';

const policyServerSchema = endpointSchema.safeExtend({
  /** Where the decision is asked for. */
  path: z
    .string()
    .regex(/^\/\S*$/, 'must begin with a slash')
    .default('/v1/data/mendloop/decision'),
});
export type PolicyServerSettings = z.infer<typeof policyServerSchema>;

/** Who decides: a bundle in this process, or an OPA server, which has its own bundles, signing and decision logs. */
export const policySchema = z
  .strictObject({
    engine: z.enum(['wasm', 'server']).default('wasm'),
    /** For `wasm`: a bundle made by `mendloop policy build`; absent: the one that comes with Mendloop. */
    bundle: z.string().optional(),
    /** For `server`: an OPA server. */
    server: policyServerSchema.optional(),
  })
  .refine(({ engine, server }) => engine !== 'server' || server !== undefined, {
    path: ['server'],
    message: 'engine: server needs to know the server',
  })
  .refine(({ engine, bundle }) => engine !== 'server' || bundle === undefined, {
    path: ['bundle'],
    message: 'an OPA server has its own bundles',
  });
export type PolicySettings = z.infer<typeof policySchema>;
