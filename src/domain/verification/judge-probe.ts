import type { Probe } from '../plan/probe-clause.ts';
import { fails, type Found, holds } from './check.ts';

export interface ProbeAnswer {
  /** Of HTTP. */
  readonly status: number;
  readonly body: string;
}

/** Whether an answer is what the probe expects. Of the body nothing is told but that it was another: it may hold anything. */
export function judgeProbe({ name, expect }: Pick<Probe, 'name' | 'expect'>, { status, body }: ProbeAnswer): Found {
  const wanted = typeof expect.status === 'number' ? [expect.status] : expect.status;
  if (!wanted.includes(status)) return fails(`${name}: status ${status}, wanted ${wanted.join(' or ')}`);
  if (expect.json.length === 0) return holds(`${name}: status ${status}`);
  const json = parsed(body);
  if (json === undefined) return fails(`${name}: status ${status}, and the body is no JSON`);
  const other = expect.json.find(({ pointer, equals }) => valueAt(json.value, pointer) !== equals);
  return other === undefined
    ? holds(`${name}: status ${status}, and the body is as expected`)
    : fails(`${name}: status ${status}, and ${other.pointer} of the body is not ${JSON.stringify(other.equals)}`);
}

function parsed(body: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(body) as unknown };
  } catch {
    return undefined;
  }
}

/** RFC 6901; undefined where there is nothing. */
function valueAt(value: unknown, pointer: string): unknown {
  if (pointer === '') return value;
  let at = value;
  for (const token of pointer.slice(1).split('/')) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  return at;
}
