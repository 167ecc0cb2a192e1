import type { Response } from 'express';
import { STATUS_CODES } from 'node:http';

/** One fault of a request body. `path` is dotted: `alerts.3.labels.severity`. */
export interface ProblemItem {
  readonly path: string;
  readonly message: string;
}

export interface HttpProblemOptions {
  /** One sentence for people. Never holds a value out of the request. */
  readonly detail: string;
  /** Last part of the problem's type, for programs: `payload-invalid`. Absent: the status says it all. */
  readonly kind?: string;
  readonly errors?: readonly ProblemItem[];
  readonly headers?: Readonly<Record<string, string>>;
  /** More members of the answer. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** The one error of the HTTP side; what a request is answered with instead of a result. RFC 9457. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, options: HttpProblemOptions) {
    super(options.detail);
    this.status = status;
    this.headers = options.headers ?? {};
    this.body = {
      type: options.kind === undefined ? 'about:blank' : `urn:mendloop:problem:${options.kind}`,
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail: options.detail,
      ...(options.errors === undefined ? {} : { errors: options.errors }),
      ...options.extensions,
    };
  }
}

/** Seconds after which asking again makes sense: a failover of Temporal takes about as long. */
const RETRY_AFTER_SECONDS = 5;

/**
 * 503: nothing of ours may be lost, so "too busy" and "not now" are 5xx throughout. Alertmanager repeats those, and
 * drops the notification for good on any 4xx, 408 and 429 included.
 */
export function comeBackLater(
  detail: string,
  options: Omit<HttpProblemOptions, 'detail' | 'headers'> = {},
): HttpProblem {
  return new HttpProblem(503, { ...options, detail, headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) } });
}

/** 429: for those who were turned away too often. Alertmanager drops what is refused so, as it does on a 401. */
export function comeBackAfter(seconds: number): HttpProblem {
  return new HttpProblem(429, {
    kind: 'refused-too-often',
    detail: 'Requests from this address were turned away too often.',
    headers: { 'Retry-After': String(seconds) },
  });
}

export function sendProblem(response: Response, problem: HttpProblem): void {
  response.status(problem.status).set(problem.headers);
  response.type('application/problem+json').send(JSON.stringify(problem.body));
}
