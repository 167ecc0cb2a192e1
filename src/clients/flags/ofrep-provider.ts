import {
  type EvaluationContext,
  FlagNotFoundError,
  GeneralError,
  type JsonValue,
  type Provider,
  type ResolutionDetails,
  TypeMismatchError,
} from '@openfeature/server-sdk';
import { z } from 'zod';
import type { Endpoint } from '../../config/endpoint.ts';
import { createHttpEndpoint } from '../http/http-endpoint.ts';

/** Answer to an evaluation of one flag; without `value` the caller's default holds. Source: OFREP, openapi.yaml. */
const answerSchema = z.object({
  value: z.json().optional(),
  reason: z.string().optional(),
  variant: z.string().optional(),
});

/**
 * An OpenFeature provider for servers of the OpenFeature Remote Evaluation Protocol: flagd, GO Feature Flag, Flipt and
 * others. Written here on our own HTTP client, so that authentication, TLS and time limits are those of every endpoint.
 */
export function createOfrepProvider(endpoint: Endpoint): Provider {
  const http = createHttpEndpoint(endpoint);

  async function evaluate(key: string, context: EvaluationContext): Promise<z.infer<typeof answerSchema>> {
    const { status, text } = await http.request({
      method: 'POST',
      path: `/ofrep/v1/evaluate/flags/${encodeURIComponent(key)}`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ context }),
    });
    if (status === 404) throw new FlagNotFoundError(`${http.name} has no flag ${key}`);
    const parsed = status === 200 ? answerSchema.safeParse(parseJson(text)) : undefined;
    if (parsed?.success !== true) throw new GeneralError(`${http.name}: status ${status}, and not an evaluation`);
    return parsed.data;
  }

  async function resolve<T extends JsonValue>(
    key: string,
    fallback: T,
    context: EvaluationContext,
    isWanted: (value: unknown) => value is T,
  ): Promise<ResolutionDetails<T>> {
    const { value, reason, variant } = await evaluate(key, context);
    const details = { ...(reason === undefined ? {} : { reason }), ...(variant === undefined ? {} : { variant }) };
    if (value === undefined) return { ...details, value: fallback };
    if (!isWanted(value)) throw new TypeMismatchError(`${http.name}: flag ${key} is of another type`);
    return { ...details, value };
  }

  return {
    metadata: { name: 'mendloop ofrep' },
    runsOn: 'server',
    onClose: () => http.close(),
    resolveBooleanEvaluation: (key, fallback, context) =>
      resolve(key, fallback, context, (value) => typeof value === 'boolean'),
    resolveStringEvaluation: (key, fallback, context) =>
      resolve(key, fallback, context, (value) => typeof value === 'string'),
    resolveNumberEvaluation: (key, fallback, context) =>
      resolve(key, fallback, context, (value) => typeof value === 'number'),
    resolveObjectEvaluation: <T extends JsonValue>(key: string, fallback: T, context: EvaluationContext) =>
      resolve(key, fallback, context, (value): value is T => typeof value === 'object' && value !== null),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
