import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { Role } from '../../domain/decision/roles.ts';
import { principalOf, requireRole } from '../access/principal.ts';
import { HttpProblem } from '../http/http-problem.ts';
import { onlyAllow } from '../http/only-allow.ts';
import { parseBody } from '../http/parse-body.ts';
import { reason, reasonSchema } from '../http/reason.ts';
import { parseTarget } from '../../domain/target/parse-target.ts';
import type { GuardStore } from '../../store/store.ts';

export interface GuardRoutesOptions {
  readonly guards: GuardStore;
  /** Called when a person has changed something. */
  readonly onChange: () => void;
}

export const resetBodySchema = z.strictObject({
  reason,
  target: z
    .string()
    .max(1000)
    .refine((target) => parseTarget(target) !== undefined, { message: 'must be cluster/namespace/Kind/name' }),
});

/** `/guards`: what holds remediations back, the pause switch, and the reset of a breaker. */
export function guardRoutes({ guards, onChange }: GuardRoutesOptions): Router {
  const router = Router();

  router.get('/guards', async (_request, response) => {
    response.json(await guards.overview());
  });

  const turn =
    (order: 'pause' | 'resume'): RequestHandler =>
    async (request, response) => {
      const body = await parseBody(request, reasonSchema);
      await guards[order]({ by: principalOf(request).name, reason: body.reason });
      onChange();
      response.json({ paused: order === 'pause' });
    };
  router.post('/guards/pause', requireRole(Role.Operator), turn('pause'));
  router.post('/guards/resume', requireRole(Role.Operator), turn('resume'));

  router.post('/guards/targets/reset', requireRole(Role.Operator), async (request, response) => {
    const { target, reason: why } = await parseBody(request, resetBodySchema);
    const known = await guards.reset({ target, order: { by: principalOf(request).name, reason: why } });
    if (!known) {
      throw new HttpProblem(404, { kind: 'no-such-guard', detail: 'No guard remembers anything of this target.' });
    }
    onChange();
    response.json({ target });
  });

  router.all('/guards', onlyAllow('GET, HEAD'));
  router.all(['/guards/pause', '/guards/resume', '/guards/targets/reset'], onlyAllow('POST'));
  return router;
}
