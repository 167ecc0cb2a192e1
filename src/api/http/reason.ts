import { z } from 'zod';

/** Why a person wants something: kept with it. */
export const reason = z.string().trim().min(1).max(2000);

export const reasonSchema = z.strictObject({ reason });
