import { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { PageTokenInvalid } from '../../clients/temporal/executions.ts';
import { toRemediationId } from '../../domain/alert/remediation-id.ts';
import { reportFormatNames } from '../../domain/report/report-formats.ts';
import { Role } from '../../domain/decision/roles.ts';
import { type Principal, principalOf, requireRole } from '../access/principal.ts';
import { HttpProblem } from '../http/http-problem.ts';
import { onlyAllow } from '../http/only-allow.ts';
import { parseBody } from '../http/parse-body.ts';
import { invalidQuery, parseQuery } from '../http/query-parameters.ts';
import { reasonSchema } from '../http/reason.ts';
import { requestIdOf } from '../http/request-id.ts';
import { readReport } from '../reports/read-report.ts';
import { sendReport } from '../reports/send-report.ts';
import { LIST_KEYS, remediationListSchema } from './remediation-filter.ts';
import type { HumanAnswer, Remediations } from './remediations.ts';

export interface RemediationRoutesOptions {
  readonly remediations: Remediations;
  /** Called when a person has changed something. */
  readonly onChange: () => void;
}

export const reportQuerySchema = z.strictObject({
  format: z.enum(reportFormatNames).default('html'),
  pictures: z.enum(['true', 'false']).default('false'),
});

/** Roles that only look, whatever a clause names. Any other may be named by one. */
const NO_SAY: readonly string[] = [Role.Viewer];

/** `/remediations`: the list, one of them, and what people can do about it. An ID is percent-encoded. */
export function remediationRoutes({ remediations, onChange }: RemediationRoutesOptions): Router {
  const router = Router();

  router.get('/remediations', async (request, response) => {
    const query = parseQuery(request, remediationListSchema, LIST_KEYS);
    const { limit: _, pageToken, ...filter } = query;
    const [page, total] = await Promise.all([
      remediations.list(query).catch((error: unknown) => {
        if (!(error instanceof PageTokenInvalid)) throw error;
        throw invalidQuery([{ path: 'pageToken', message: error.message }]);
      }),
      // Counting costs as much as a page, and a client that turns pages knows it.
      pageToken === undefined ? remediations.count(filter) : undefined,
    ]);
    response.json({ ...page, ...(total === undefined ? {} : { total }) });
  });

  const vote =
    (approve: boolean): RequestHandler =>
    async (request, response) => {
      const { name: by, roles } = principalOf(request);
      const id = idOf(request);
      const { reason } = await parseBody(request, reasonSchema);
      const answer = await remediations.vote({
        id,
        requestId: requestIdOf(request, by),
        input: { approve, by, roles, reason, via: 'http' },
      });
      if (answer.status === 'done') onChange();
      send(response, answer, (approval) => ({ approval }));
    };
  router.post('/remediations/*id/approve', requireSay, vote(true));
  router.post('/remediations/*id/reject', requireSay, vote(false));

  router.post('/remediations/*id/undo', requireRole(Role.Operator), async (request, response) => {
    const { name: by } = principalOf(request);
    const id = idOf(request);
    const { reason } = await parseBody(request, reasonSchema);
    const answer = await remediations.undo({
      id,
      requestId: requestIdOf(request, by),
      input: { by, reason },
    });
    if (answer.status === 'done') onChange();
    send(response, answer, (step) => ({ step }));
  });

  router.all(['/remediations/*id/approve', '/remediations/*id/reject', '/remediations/*id/undo'], onlyAllow('POST'));

  router.get('/remediations/*id/report', async (request, response) => {
    const { format, pictures } = parseQuery(request, reportQuerySchema);
    const reading = await readReport(remediations, idOf(request));
    sendReport(response, reading, { format, pictures: pictures === 'true', notFound });
  });
  router.all('/remediations/*id/report', onlyAllow('GET, HEAD'));

  router.get('/remediations/*id', async (request, response) => {
    const detail = await remediations.get(idOf(request));
    if (detail === undefined) throw notFound();
    response.json(detail);
  });

  router.all(['/remediations', '/remediations/*id'], onlyAllow('GET, HEAD'));
  return router;
}

/** Which roles count, the workflow knows; this keeps out those who have none that ever could. */
const requireSay: RequestHandler = (request, _response, next) => {
  if (!maySay(principalOf(request))) {
    throw new HttpProblem(403, {
      kind: 'role-required',
      detail: `${principalOf(request).name} has no role that may approve or reject.`,
    });
  }
  next();
};

function maySay({ roles }: Principal): boolean {
  return roles.some((role) => !NO_SAY.includes(role));
}

/** @throws HttpProblem 404 for what can be no remediation's ID, so that no other workflow is ever reached. */
function idOf(request: Request): string {
  const { id: segments } = request.params;
  const id = toRemediationId(Array.isArray(segments) ? segments.join('/') : (segments ?? ''));
  if (id === undefined) throw notFound();
  return id;
}

function notFound(): HttpProblem {
  return new HttpProblem(404, { kind: 'no-such-remediation', detail: 'There is no remediation of this ID.' });
}

function send<T>(response: Response, answer: HumanAnswer<T>, body: (value: T) => object): void {
  switch (answer.status) {
    case 'done':
      response.json(body(answer.value));
      return;
    case 'not_found':
      throw notFound();
    case 'refused':
      throw new HttpProblem(409, { kind: 'refused', detail: `Nothing was done: ${answer.reason}.` });
    case 'ended': {
      const { advice } = answer;
      const how = answer.outcome === undefined ? '' : ` (${answer.outcome})`;
      throw new HttpProblem(409, {
        kind: 'ended',
        detail: `Nothing was done: the remediation has ended${how}${advice === undefined ? '' : `; ${advice}`}.`,
        extensions: answer.outcome === undefined ? {} : { outcome: answer.outcome },
      });
    }
  }
}
