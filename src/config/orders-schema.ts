import { z } from 'zod';
import { secretSchema } from './endpoint.ts';

/** How a worker knows that the API gave a vote or an order, and not a caller of Temporal. */
export const ordersSchema = z.strictObject({
  /** Ed25519 key in PEM form by which the API signs; the workers need not have it. Absent: one in the state folder. */
  signingKey: secretSchema.optional(),
  /**
   * File with the public keys that the workers trust, one or more in PEM form; read at each vote, so that keys rotate
   * without a restart. Absent: the one in the state folder, and the public half of `signingKey`.
   */
  publicKeysFile: z.string().min(1).optional(),
  /** Where keys that no setting names are made. Absent: `orders` in Mendloop's state folder. */
  folder: z.string().min(1).optional(),
});
export type OrderSettings = z.infer<typeof ordersSchema>;
