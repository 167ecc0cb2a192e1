import type { ServerResponse } from 'node:http';
import { type PrometheusSettings, configSchema } from '../../../src/config/schema.ts';
import { bodyOf, type LocalServer, sendJson, serve } from './local-server.ts';

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
  } else if (query.includes('timestamp(')) {
    state.clock += 1;
    sendJson(response, 200, { status: 'success', data: { resultType: 'vector', result: probe(state, query) } });
  } else {
    const given = state.answer(query, state.clock);
    if (Array.isArray(given)) sendJson(response, 200, vector(Number(time ?? state.clock), given));
    else sendJson(response, given.status, given.body);
  }
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
