import { Router } from 'express';
import { z } from 'zod';
import { defined } from '../../domain/defined.ts';
import type { UnhandledStore } from '../../store/unhandled/unhandled-store.ts';
import { onlyAllow } from '../http/only-allow.ts';
import { parseQuery } from '../http/query-parameters.ts';
import { unhandledView } from './unhandled-view.ts';

export const unhandledQuerySchema = z.strictObject({
  /** Only what was seen at this time or later. */
  since: z.iso
    .datetime({ offset: true })
    .transform((text) => Date.parse(text))
    .optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

/** `/unhandled`: the alerts that no rule wants, the latest seen first. */
export function unhandledRoutes({ unhandled }: { readonly unhandled: Pick<UnhandledStore, 'list'> }): Router {
  const router = Router();
  router.get('/unhandled', async (request, response) => {
    const { since, limit } = parseQuery(request, unhandledQuerySchema);
    const alerts = await unhandled.list({ limit, ...defined({ since }) });
    response.json({ alerts: alerts.map(unhandledView) });
  });
  router.all('/unhandled', onlyAllow('GET, HEAD'));
  return router;
}
