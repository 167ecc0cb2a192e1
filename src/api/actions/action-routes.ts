import { Router } from 'express';
import { actionView, parametersSchema } from '../../domain/actions/action-view.ts';
import { ACTIONS } from '../../domain/actions/index.ts';
import { HttpProblem } from '../http/http-problem.ts';
import { onlyAllow } from '../http/only-allow.ts';

/** `/actions`: the catalogue; one action with the schema of its parameters. */
export function actionRoutes(): Router {
  const router = Router();
  router.get('/actions', (_request, response) => {
    response.json({ actions: Object.values(ACTIONS).map(actionView) });
  });
  router.all('/actions', onlyAllow('GET, HEAD'));
  router.get('/actions/:name', (request, response) => {
    const { name } = request.params;
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action === undefined) throw new HttpProblem(404, { detail: 'there is no such action' });
    response.json({ ...actionView(action), parameters: parametersSchema(action) });
  });
  router.all('/actions/:name', onlyAllow('GET, HEAD'));
  return router;
}
