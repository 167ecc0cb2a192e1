import type { ServerResponse } from 'node:http';
import { type PrometheusSettings, configSchema } from '../../../src/config/schema.ts';
import { bodyOf, type LocalServer, sendJson, serve } from './local-server.ts';

/** Label by which a value is known in the answer to a probe. */
const VALUE = 'mendloop_value';

export interface Script {
  /** Prometheus's clock in seconds; each freshness probe moves it on by one. */
  clock: number;
  /** Age in seconds of the newest raw sample of each selector; undefined for a selector without a living series. */
  age: number | undefined;
  /** Values of the series that a query gives now, or an answer of one's own. */
  answer: (query: string, clock: number) => string[] | { status: number; body: unknown };
  /** Never answers while true. */
  hangs: boolean;
  /** Every query that came, in order, with its `time`. */
  readonly queries: { query: string; time: string | null }[];
}

export interface ScriptedPrometheus extends LocalServer {
  script: Script;
  settings: PrometheusSettings;
}

/** An HTTP server that speaks Prometheus's query API from a script, for what a real one cannot be brought to do. */
export async function startScriptedPrometheus(script: Partial<Script> = {}): Promise<ScriptedPrometheus> {
  const state: Script = { clock: 1000, age: 0, answer: () => ['0.1'], hangs: false, queries: [], ...script };
  const server = await serve((request, response) => {
    void bodyOf(request).then((body) => {
      const form = new URLSearchParams(body);
      if (!state.hangs) answer(state, { query: form.get('query') ?? '', time: form.get('time') }, response);
    });
  });
  return { ...server, script: state, settings: settingsFor(server.url) };
}

export function settingsFor(url: string, more: Partial<PrometheusSettings> = {}): PrometheusSettings {
  return configSchema.parse({ prometheus: { url, timeoutSeconds: 5, ...more } }).prometheus;
}

export function vector(at: number, values: readonly string[]): unknown {
  const result = values.map((value, index) => ({ metric: { index: String(index) }, value: [at, value] }));
  return { status: 'success', data: { resultType: 'vector', result } };
}

function answer(state: Script, asked: { query: string; time: string | null }, response: ServerResponse): void {
  state.queries.push(asked);
  const { query, time } = asked;
  if (query === 'time()') {
    const result = [state.clock, String(state.clock)];
    sendJson(response, 200, { status: 'success', data: { resultType: 'scalar', result } });
  } else if (query.includes(VALUE)) {
    const [, expr = ''] = /label_replace\(\n(.*)\n, "mendloop_value"/s.exec(query) ?? [];
    const { status, body } = together(state, query, expr);
    sendJson(response, status, body);
  } else if (query.includes('timestamp(')) {
    state.clock += 1;
    sendJson(response, 200, { status: 'success', data: { resultType: 'vector', result: probe(state, query) } });
  } else {
    const given = state.answer(query, state.clock);
    if (Array.isArray(given)) sendJson(response, 200, vector(Number(time ?? state.clock), given));
    else sendJson(response, given.status, given.body);
  }
}

/** Of a probe and its value in one query: an expression that gives no vector makes it invalid. */
function together(state: Script, query: string, expr: string): { status: number; body: unknown } {
  const given = state.answer(expr, state.clock + 1);
  if (!Array.isArray(given) && isOtherThanVector(given.body)) {
    const error = 'expected type instant vector in call to function "label_replace"';
    return { status: 400, body: { status: 'error', errorType: 'bad_data', error } };
  }
  state.clock += 1;
  const { status, body } = Array.isArray(given) ? { status: 200, body: vector(state.clock, given) } : given;
  const { data, ...rest } = body as { data?: { resultType: string; result: { metric: object }[] } };
  if (data === undefined) return { status, body };
  const values = data.result.map(({ metric, ...value }) => ({ metric: { ...metric, [VALUE]: VALUE }, ...value }));
  return { status, body: { ...rest, data: { ...data, result: [...probe(state, query), ...values] } } };
}

function isOtherThanVector(body: unknown): boolean {
  const { data } = body as { data?: { resultType: string } };
  return data !== undefined && data.resultType !== 'vector';
}

function probe({ clock, age }: Script, query: string): unknown[] {
  const selectors = [...query.matchAll(/timestamp\(/g)];
  return [
    { metric: { selector: 'now' }, value: [clock, String(clock)] },
    ...(age === undefined
      ? []
      : selectors.map((_, index) => ({ metric: { selector: String(index) }, value: [clock, String(clock - age)] }))),
  ];
}
