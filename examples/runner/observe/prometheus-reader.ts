import { z } from 'zod';

const point = z.tuple([z.number(), z.string()]);
const answerSchema = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), values: z.array(point).default([]) })),
  }),
});

/** A value that was a number, at a time in milliseconds since the epoch. */
export interface Measured {
  readonly at: number;
  readonly value: number;
}

export interface MeasuredSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly Measured[];
}

type Endpoint = 'query' | 'query_range';

/** Reads series from Prometheus for the report. Mendloop itself uses a client of its own. */
export class PrometheusReader {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** The only series of an expression between two times (milliseconds since the epoch), a value a second. */
  async range(expr: string, fromMs: number, toMs: number): Promise<readonly Measured[]> {
    return this.#ask('query_range', {
      query: expr,
      start: String(fromMs / 1000),
      end: String(toMs / 1000),
      step: '1',
    });
  }

  /** The raw samples of a selector in the last `seconds`: at the times at which Prometheus took them. */
  async samples(selector: string, seconds: number): Promise<readonly Measured[]> {
    return this.#ask('query', { query: `${selector}[${Math.ceil(seconds)}s]` });
  }

  /** The raw samples of all series of a selector in the last `seconds`. */
  async series(selector: string, seconds: number): Promise<readonly MeasuredSeries[]> {
    return await this.#askAll('query', { query: `${selector}[${Math.ceil(seconds)}s]` });
  }

  /** Whether an expression has any result now. */
  async holds(expr: string): Promise<boolean> {
    return (await this.#askAll('query', { query: expr })).length > 0;
  }

  async #ask(endpoint: Endpoint, parameters: Record<string, string>): Promise<readonly Measured[]> {
    return (await this.#askAll(endpoint, parameters))[0]?.values ?? [];
  }

  async #askAll(endpoint: Endpoint, parameters: Record<string, string>): Promise<readonly MeasuredSeries[]> {
    const response = await fetch(`${this.#url}/api/v1/${endpoint}`, {
      method: 'POST',
      body: new URLSearchParams(parameters),
      signal: AbortSignal.timeout(10_000),
    });
    const { data } = answerSchema.parse(await response.json());
    return data.result.map(({ metric, values }) => ({
      labels: metric,
      values: values
        .map(([seconds, value]) => ({ at: seconds * 1000, value: Number(value) }))
        .filter(({ value }) => Number.isFinite(value)),
    }));
  }
}
