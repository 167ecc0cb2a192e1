import type { ApiUser } from '../../../src/api/access/identify.ts';
import type { PeopleParts } from '../../../src/api/create-api.ts';
import type { Config } from '../../../src/config/schema.ts';
import { startApi, type TestApi } from './api-harness.ts';
import { FakeGuards } from './fake-guards.ts';
import { FakeRemediations } from './fake-remediations.ts';
import { MemoryUnhandled } from '../../support/incidents/memory-unhandled.ts';

export interface PeopleApi extends TestApi {
  readonly remediations: FakeRemediations;
  readonly guards: FakeGuards;
  /** Asks below `/api/v1`, where no users are given as `LOCAL`; a body makes it a POST in JSON. */
  ask(path: string, request?: { body?: unknown; headers?: Record<string, string>; method?: string }): Promise<Response>;
}

export const ANN: ApiUser = { name: 'ann', roles: ['approver'], token: () => 'token-of-ann' };
export const OTTO: ApiUser = { name: 'otto', roles: ['operator'], token: () => 'token-of-otto' };
export const VERA: ApiUser = { name: 'vera', roles: ['viewer'], token: () => 'token-of-vera' };

/** Who has the link that a start without users prints. */
export const LOCAL: ApiUser = { name: 'local', roles: ['*'], token: () => 'token-of-this-start' };

export function bearer(user: ApiUser): Record<string, string> {
  return { authorization: `Bearer ${user.token()}` };
}

/** The app with remediations and guards in memory. */
export async function startPeopleApi(
  options: Partial<PeopleParts> & { settings?: Partial<Config['api']> } = {},
): Promise<PeopleApi> {
  const { settings, ...overrides } = options;
  const remediations = new FakeRemediations();
  const guards = new FakeGuards();
  const people = { users: [LOCAL], remediations, guards, unhandled: new MemoryUnhandled(), ...overrides };
  const api = await startApi({ people, ...(settings === undefined ? {} : { settings }) });
  const credentials = overrides.users === undefined ? bearer(LOCAL) : {};
  return {
    ...{ ...api, remediations, guards },
    ask: (path, { body, headers = {}, method } = {}) =>
      fetch(`${api.url}/api/v1${path}`, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: { ...credentials, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
  };
}

export interface Problem {
  readonly type: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly { path: string; message: string }[];
}

export async function problemOf(response: Response): Promise<Problem> {
  return (await response.json()) as Problem;
}
