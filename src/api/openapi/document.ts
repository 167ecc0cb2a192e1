import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { problemSchema } from './answers.ts';
import { type Answer, type RouteDoc, ROUTES } from './routes.ts';

type Json = Readonly<Record<string, unknown>>;

/** Statuses that every route below `/api/v1` may answer with: no token, too often, not now. */
const EVERYWHERE = [401, 403, 429, 503] as const;

const API_PATH = '/api/v1';

/** The whole path of a route, as OpenAPI writes it. */
export function pathOf({ path, atRoot }: Pick<RouteDoc, 'path' | 'atRoot'>): string {
  return atRoot === true ? path : `${API_PATH}${path}`;
}

/** The HTTP API as an OpenAPI 3.1 document, made from the schemas that its routes check requests by. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of ROUTES) (paths[pathOf(route)] ??= {})[route.method] = operationOf(route);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Mendloop',
      version,
      description:
        'What people and programs use. Answers may get new members. Errors are problem details (RFC 9457). docs/api.md tells the rest.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:8080' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: jsonSchema(problemSchema, 'output') },
      responses: { Problem: { description: 'problem details', content: PROBLEM } },
    },
  };
}

const PROBLEM = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

function operationOf({ summary, role, query, body, answer, problems = [], path, atRoot }: RouteDoc): Json {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const statuses = [...new Set([...problems, ...(atRoot === true ? [] : EVERYWHERE)])].toSorted((a, b) => a - b);
  const parameters = [...names.map(pathParameter), ...(query === undefined ? [] : queryParameters(query))];
  return {
    summary: plain(summary),
    ...(role === 'any' || role === 'operator' || role === 'one that may decide'
      ? { description: `Role: ${role}.` }
      : {}),
    ...(role === 'open' || role === 'link' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body, 'input') } } } }),
    responses: {
      200: { description: STATUS_CODES[200], content: answerContent(answer) },
      ...Object.fromEntries(statuses.map((status) => [status, { $ref: '#/components/responses/Problem' }])),
    },
  };
}

function answerContent(answer: Answer): Json {
  if ('type' in answer) return { [answer.type]: { schema: { type: 'string' } } };
  return { 'application/json': { schema: jsonSchema(answer.schema, 'output') } };
}

function pathParameter(name: string): Json {
  return { name, in: 'path', required: true, description: 'percent-encoded', schema: { type: 'string' } };
}

/** A list may stand more than once. */
function queryParameters(query: z.ZodObject): Json[] {
  const { properties = {}, required = [] } = jsonSchema(query, 'input') as {
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: 'query', schema },
    ...(required.includes(name) ? { required: true } : {}),
  }));
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<string, unknown>;
  return rest;
}

/** Without the marks of Markdown. */
function plain(text: string): string {
  return text
    .replaceAll(/ ?\(\[[^\]]*\]\([^)]*\)\)/g, '')
    .replaceAll('**', '')
    .replaceAll('`', '');
}
