import type { z } from 'zod';
import { webhookSchema } from '../../domain/alert/alert.ts';
import { reasonSchema } from '../http/reason.ts';
import { resetBodySchema } from '../guards/guard-routes.ts';
import { remediationListSchema } from '../remediations/remediation-filter.ts';
import { reportQuerySchema } from '../remediations/remediation-routes.ts';
import { unhandledQuerySchema } from '../unhandled/unhandled-routes.ts';
import {
  actionsSchema,
  aliveSchema,
  deliveredSchema,
  detailSchema,
  guardsSchema,
  listSchema,
  meSchema,
  oneActionSchema,
  pausedSchema,
  readySchema,
  resetSchema,
  undoneSchema,
  unhandledSchema,
  votedSchema,
} from './answers.ts';

/** What a request is answered with: JSON of a schema, or a text of a media type. */
export type Answer = { readonly schema: z.ZodType } | { readonly type: string };

/** One route, as documents tell of it. */
export interface RouteDoc {
  readonly method: 'get' | 'post';
  /** As OpenAPI writes it: `/remediations/{id}`. Below `/api/v1` unless `atRoot`. */
  readonly path: string;
  readonly atRoot?: true;
  readonly summary: string;
  /** Who may; `open`: no token of a person is asked for. */
  readonly role: 'any' | 'operator' | 'one that may decide' | 'open' | 'link' | 'webhook';
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: Answer;
  /** Statuses of problem details that are this route's own, beside those of every route. */
  readonly problems?: readonly number[];
}

const html = { type: 'text/html' } as const;

/** Every route, in the order in which people are told of them. The console's own files are none of them. */
export const ROUTES: readonly RouteDoc[] = [
  { method: 'get', path: '/me', summary: 'the user and the roles', role: 'any', answer: { schema: meSchema } },
  {
    ...{ method: 'get', path: '/remediations', summary: 'list, with filters', role: 'any' },
    ...{ query: remediationListSchema, answer: { schema: listSchema }, problems: [400] },
  },
  {
    ...{ method: 'get', path: '/remediations/{id}', summary: 'all that is known of one', role: 'any' },
    ...{ answer: { schema: detailSchema }, problems: [404] },
  },
  {
    ...{ method: 'get', path: '/remediations/{id}/report', role: 'any', query: reportQuerySchema },
    summary: 'its post-mortem: `?format=html` or `md`, in which `pictures=true` draws the plots',
    ...{ answer: html, problems: [400, 404] },
  },
  {
    ...{ method: 'post', path: '/remediations/{id}/approve', summary: 'vote yes', role: 'one that may decide' },
    ...{ body: reasonSchema, answer: { schema: votedSchema }, problems: [400, 403, 404, 409] },
  },
  {
    ...{ method: 'post', path: '/remediations/{id}/reject', summary: 'vote no', role: 'one that may decide' },
    ...{ body: reasonSchema, answer: { schema: votedSchema }, problems: [400, 403, 404, 409] },
  },
  {
    ...{ method: 'post', path: '/remediations/{id}/undo', role: 'operator' },
    summary: 'end it and undo what it changed',
    ...{ body: reasonSchema, answer: { schema: undoneSchema }, problems: [400, 403, 404, 409] },
  },
  {
    ...{ method: 'get', path: '/unhandled', role: 'any', query: unhandledQuerySchema },
    summary: 'alerts that no rule wants, and a rule to begin with: `since`, `limit` ([incidents.md](incidents.md))',
    ...{ answer: { schema: unhandledSchema }, problems: [400] },
  },
  {
    ...{ method: 'get', path: '/actions', role: 'any', answer: { schema: actionsSchema } },
    summary: 'the catalogue of actions ([actions.md](actions.md))',
  },
  {
    ...{ method: 'get', path: '/actions/{name}', role: 'any', answer: { schema: oneActionSchema }, problems: [404] },
    summary: 'one action with the JSON Schema of its parameters',
  },
  {
    ...{ method: 'get', path: '/guards', role: 'any', answer: { schema: guardsSchema } },
    summary: 'pause switch, limits, breakers, budgets, windows',
  },
  {
    ...{ method: 'post', path: '/guards/pause', role: 'operator', body: reasonSchema },
    summary: 'pause all changes of the cluster',
    ...{ answer: { schema: pausedSchema }, problems: [400, 403] },
  },
  {
    ...{ method: 'post', path: '/guards/resume', role: 'operator', body: reasonSchema },
    summary: 'end the pause',
    ...{ answer: { schema: pausedSchema }, problems: [400, 403] },
  },
  {
    ...{ method: 'post', path: '/guards/targets/reset', role: 'operator', body: resetBodySchema },
    summary: "close a target's breaker, end its cooldowns",
    ...{ answer: { schema: resetSchema }, problems: [400, 403, 404] },
  },
  {
    ...{ method: 'get', path: '/events', role: 'any', answer: { type: 'text/event-stream' } },
    summary: 'changes, as server-sent events',
  },
  {
    ...{ method: 'get', path: '/approvals/{link}', atRoot: true, role: 'link', answer: html },
    summary: 'a page for a one-time link; **not** below `/api/v1`',
  },
  {
    ...{ method: 'post', path: '/approvals/{link}', atRoot: true, role: 'link', answer: html },
    summary: 'the decision of the person who opened it',
  },
  {
    ...{ method: 'get', path: '/reports/{link}', atRoot: true, role: 'link', answer: html },
    summary: 'the post-mortem for the people who were sent the link; **not** below `/api/v1`',
  },
  {
    ...{ method: 'get', path: '/reports/{link}/report.md', atRoot: true, role: 'link' },
    ...{ answer: { type: 'text/markdown' }, summary: 'the same as Markdown' },
  },
  {
    ...{ method: 'get', path: '/reports/{link}/plot.png', atRoot: true, role: 'link' },
    ...{ answer: { type: 'image/png' }, summary: 'its plot' },
  },
  {
    ...{ method: 'post', path: '/webhooks/alertmanager', atRoot: true, role: 'webhook', body: webhookSchema },
    summary: "Alertmanager's notifications ([webhook.md](webhook.md))",
    ...{ answer: { schema: deliveredSchema }, problems: [400, 413, 415, 422] },
  },
  {
    ...{ method: 'get', path: '/healthz', atRoot: true, role: 'open', answer: { schema: aliveSchema } },
    summary: 'the process lives',
  },
  {
    ...{ method: 'get', path: '/readyz', atRoot: true, role: 'open', answer: { schema: readySchema } },
    summary: 'it can take webhooks, with each check; 503 where it cannot',
  },
  {
    ...{ method: 'get', path: '/metrics', atRoot: true, role: 'open', answer: { type: 'text/plain' } },
    summary: 'for Prometheus ([metrics.md](metrics.md))',
  },
];
