import { z } from 'zod';
import type { Answer, Received } from '../http-receiver.ts';

/** The one key that the integration knows. */
export const API_KEY = 'eb243592-faa2-4ba2-a551-1afdf565c889';

/** Of the integration's address. */
export const PATH = '/jsm/ops/integration';

const text = z.string().min(1);
const details = z.record(z.string(), z.string()).refine(
  (values) =>
    Object.entries(values)
      .flat()
      .reduce((sum, word) => sum + word.length, 0) <= 8000,
  'longer than 8000 characters',
);

/** "Create alert" of Jira Service Management's Integration Events API, with Opsgenie's limits. */
const createSchema = z.strictObject({
  message: text.max(130),
  alias: text.max(512),
  description: z.string().max(15_000),
  responders: z
    .array(z.strictObject({ type: z.enum(['team', 'user', 'escalation', 'schedule']), id: text }))
    .max(50)
    .optional(),
  tags: z.array(text.max(50)).max(20),
  details,
  entity: text.max(512).optional(),
  source: text.max(100),
  priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5']),
});
const closeSchema = z.strictObject({ source: text.max(100), user: text.optional(), note: text.optional() });
export type Created = z.infer<typeof createSchema>;

/** Answers as Jira Service Management does, and knows which alerts are open. */
export function jsm() {
  const open = new Map<string, Created>();

  function create(body: string): Answer {
    const alert = createSchema.safeParse(JSON.parse(body));
    if (!alert.success) return { status: 422, body: JSON.stringify({ message: z.prettifyError(alert.error) }) };
    open.set(alert.data.alias, alert.data);
    return accepted;
  }

  function close(alias: string, body: string): Answer {
    if (!closeSchema.safeParse(JSON.parse(body)).success) return { status: 422 };
    // Compatible servers say so at once; it accepts itself, and finds out later.
    return open.delete(alias) ? accepted : { status: 404, body: JSON.stringify({ message: 'No open alert' }) };
  }

  const answer = ({ method, url, headers, body }: Received): Answer => {
    if (headers.authorization !== `GenieKey ${API_KEY}`)
      return { status: 403, body: `unknown ${headers.authorization}` };
    if (method !== 'POST' || headers['content-type'] !== 'application/json') return { status: 415 };
    if (url === `${PATH}/v2/alerts`) return create(body);
    const alias = /^\/v2\/alerts\/([\w-]+)\/close\?identifierType=alias$/.exec(url.slice(PATH.length))?.[1];
    return alias === undefined ? { status: 404 } : close(alias, body);
  };
  return { open, answer };
}

const accepted: Answer = {
  status: 202,
  body: JSON.stringify({ result: 'Request will be processed', took: 0.1, requestId: '43a29c5c' }),
};
