import type { HttpCostSettings } from '../../config/cost-schema.ts';
import { MendloopError } from '../../domain/failures.ts';
import { isAmount } from '../../domain/cost/money.ts';
import { createHttpEndpoint } from '../http/http-endpoint.ts';
import { askForJson } from './ask-for-json.ts';
import { valueAt } from './json-pointer.ts';
import type { UsageQuestion, UsageSource } from './usage-source.ts';

type Json = HttpCostSettings['body'];

/** Any HTTP API that knows what runs now costs, as the settings describe it. */
export function createHttpCost(settings: HttpCostSettings): UsageSource {
  const { endpoint, method, query, body, usage, daily, settleSeconds } = settings;
  const http = createHttpEndpoint(endpoint);

  function amountAt(answer: unknown, pointer: string): number {
    const found = valueAt(answer, pointer);
    const amount = typeof found === 'string' && found.trim() !== '' ? Number(found) : found;
    if (typeof amount !== 'number' || !isAmount(amount)) {
      throw new MendloopError('CostUnavailable', `${http.name} answered without an amount at ${pointer || 'its root'}`);
    }
    return amount;
  }

  return {
    async measure(question) {
      const measuredAt = Date.now();
      const fill = filler(question);
      const answer = await askForJson(http, {
        ...{ method, path: '' },
        query: Object.fromEntries(Object.entries(query).map(([name, value]) => [name, fill(value)])),
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(filled(body, fill)), headers: { 'content-type': 'application/json' } }),
      });
      return {
        ...{ perDay: amountAt(answer, usage), measuredAt, settleSeconds },
        ...(daily === undefined ? {} : { limit: amountAt(answer, daily) }),
      };
    },
    close: () => http.close(),
  };
}

/** In one pass, so that a value which looks like a placeholder stays what it is. */
function filler({ budget, scope }: UsageQuestion): (text: string) => string {
  const values = { budget, scope: scope.kind, key: scope.key };
  return (text) => text.replace(/\{(budget|scope|key)\}/g, (_, name: keyof typeof values) => values[name]);
}

function filled(value: Json, fill: (text: string) => string): Json {
  if (typeof value === 'string') return fill(value);
  if (Array.isArray(value)) return value.map((item) => filled(item, fill) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, fill) ?? null]));
}
