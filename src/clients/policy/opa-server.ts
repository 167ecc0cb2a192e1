import { z } from 'zod';
import type { PolicyServerSettings } from '../../config/policy-schema.ts';
import { MendloopError } from '../../domain/failures.ts';
import { createHttpEndpoint, type HttpRequest, type HttpResponse } from '../http/http-endpoint.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { type PolicyClock, policyNow } from './policy-clock.ts';
import { policyDocument } from './policy-document.ts';
import { type LivePolicy, type PolicyEvents, type PolicyInput, PROBE } from './policy-engine.ts';
import { readAnswer } from './read-answer.ts';

/** How often a server that has not been well yet is looked at. */
const POLL_MS = 2_000;

/** What a server without bundles has: its policy came by its command line or by the API, and has no revision. */
const NO_REVISION = 'unversioned';

/** Source: OPA's REST API, "Get a Document (with Input)" with `provenance`. */
const answerSchema = z.looseObject({
  result: z.unknown().optional(),
  decision_id: z.string().max(200).optional(),
  provenance: z
    .looseObject({ bundles: z.record(z.string(), z.looseObject({ revision: z.string().default('') })).default({}) })
    .optional(),
});

export interface OpaServerOptions extends PolicyEvents, PolicyClock {
  readonly settings: PolicyServerSettings;
}

/**
 * Policy that an OPA server evaluates. It has its own bundles, and its revision comes with each answer; with decision
 * logs on, so does the ID of the log's entry. Starts although the server is away: deciding then fails with
 * `PolicyUnavailable`, which is retried.
 */
export async function openOpaServer(options: OpaServerOptions): Promise<LivePolicy> {
  const { settings, now = Date.now, onReload, onError } = options;
  const { path, ...endpoint } = settings;
  const http = createHttpEndpoint(endpoint);
  let revision: string | undefined;
  let lastFault = '';

  async function send(request: HttpRequest): Promise<HttpResponse> {
    try {
      return await http.request(request);
    } catch (error) {
      throw error instanceof HttpFailure ? unavailable(error.message) : error;
    }
  }

  async function ask(input: PolicyInput) {
    const response = await send({
      method: 'POST',
      path,
      query: { provenance: 'true' },
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: { ...policyDocument(input), now: policyNow(now()) } }),
    });
    const answer = readResponse(http.name, response);
    if (answer.result === undefined) await refuseUnlessActive();
    return answer;
  }

  /** A server that still waits for its first bundle knows no decision either: that passes. */
  async function refuseUnlessActive(): Promise<void> {
    const { status } = await send({ method: 'GET', path: '/health', query: { bundles: '' } });
    if (status !== 200) throw unavailable(`${http.name} has not all of its bundles yet (/health?bundles: ${status})`);
  }

  async function decide(input: PolicyInput) {
    const { result, decision_id: decisionId, provenance } = await ask(input);
    const policyRevision = revisionOf(provenance?.bundles ?? {});
    const decision = { ...readAnswer(result), policyRevision, ...(decisionId === undefined ? {} : { decisionId }) };
    if (policyRevision !== revision) {
      revision = policyRevision;
      onReload?.({ revision });
    }
    return decision;
  }

  /** Until the first good answer; from then on each decision shows how the server is. */
  async function look(): Promise<void> {
    if (revision !== undefined) {
      clearInterval(poll);
      return;
    }
    try {
      await decide(PROBE);
    } catch (error) {
      if (!(error instanceof MendloopError)) throw error;
      if (error.message !== lastFault) onError?.(error);
      lastFault = error.message;
    }
  }

  let looking = Promise.resolve();
  const poll = setInterval(() => {
    looking = looking.then(look);
  }, POLL_MS).unref();
  looking = look();
  await looking;

  return {
    get ready() {
      return revision !== undefined;
    },
    get revision() {
      return revision ?? 'none';
    },
    decide,
    close: async () => {
      clearInterval(poll);
      await looking;
      await http.close();
    },
  };
}

function readResponse(server: string, { status, text, retryAfterMs }: HttpResponse): z.infer<typeof answerSchema> {
  if (status !== 200) throw unavailable(`${server} answered with status ${status}`, retryAfterMs);
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch {
    throw unavailable(`${server} answered with something that is no answer of OPA`);
  }
}

/** Of the one bundle, or of each by its name. */
function revisionOf(bundles: Readonly<Record<string, { revision: string }>>): string {
  const known = Object.entries(bundles).filter(([, { revision }]) => revision !== '');
  if (known.length <= 1) return known[0]?.[1].revision ?? NO_REVISION;
  return known.map(([name, { revision }]) => `${name}=${revision}`).join(' ');
}

function unavailable(message: string, retryAfterMs?: number): MendloopError {
  return new MendloopError('PolicyUnavailable', message, retryAfterMs === undefined ? {} : { retryAfterMs });
}
