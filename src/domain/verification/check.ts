import { z } from 'zod';

/** What one look at a condition or a probe found. `unknown`: it could not be looked at, and that is not good. */
export const checkLookSchema = z.object({
  /** Seconds since the epoch. */
  at: z.number(),
  status: z.enum(['holds', 'fails', 'unknown']),
  /** One line for people, bounded: `Deployment shop/cart: 2 of 3 ready`. */
  text: z.string(),
});
export type CheckLook = Readonly<z.infer<typeof checkLookSchema>>;

/** Longest text of a look, in characters: what a controller or a server says goes into it. */
const MAX_TEXT = 300;

export function checkLook({ at, status, text }: CheckLook): CheckLook {
  return { at, status, text: text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1).toWellFormed()}…` };
}

/** Whether it is so, and what was found, for people. */
export type Found = Pick<CheckLook, 'status' | 'text'>;

export const holds = (text: string): Found => ({ status: 'holds', text });
export const fails = (text: string): Found => ({ status: 'fails', text });
