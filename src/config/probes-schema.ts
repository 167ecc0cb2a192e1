import { z } from 'zod';

/** HTTP probes that prove a cure. */
export const probesSchema = z.strictObject({
  /** Hosts that plans may ask, with their port where it is not the scheme's own: `shop.production.svc:8080`. */
  hosts: z
    .array(
      z
        .string()
        .min(1)
        .max(259)
        .regex(/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?$/, 'must be a host, or host:port'),
    )
    .max(200)
    .default([]),
});
