import { Agent, request } from 'node:https';

/** A Kubernetes API server as an administrator sees it. */
export interface KubernetesApi {
  url: string;
  /** PEM of the certificate that signs the server's. */
  ca: string;
  token: string;
}

/** The API server refused. `reason` is the Status object's, for example `Forbidden` or `AlreadyExists`. */
export class ApiRefused extends Error {
  override readonly name = 'ApiRefused';
  readonly status: number;
  readonly reason: string | undefined;

  constructor(details: { status: number; reason: string | undefined; message: string }) {
    super(`Kubernetes API: ${details.status} ${details.reason ?? ''} ${details.message}`);
    this.status = details.status;
    this.reason = details.reason;
  }
}

export interface ApiCall {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With the query, as in `/api/v1/nodes?limit=1`. */
  path: string;
  body?: unknown;
  /** Of the body; of a patch a merge patch unless given. */
  contentType?: string;
}

const TIMEOUT_MS = 20_000;

/**
 * The few calls that the stack itself makes. A client of its own, because loading a full one takes longer than
 * starting the control plane. Rejects with {@link ApiRefused}, or with the connection's error.
 */
export class ApiClient {
  readonly #api: KubernetesApi;
  readonly #agent: Agent;
  readonly #timeoutMs: number;

  /** `timeoutMs`: without a sign of an answer. */
  constructor(api: KubernetesApi, { timeoutMs = TIMEOUT_MS }: { readonly timeoutMs?: number } = {}) {
    this.#api = api;
    this.#timeoutMs = timeoutMs;
    this.#agent = new Agent({ ca: api.ca, keepAlive: true });
  }

  async call(call: ApiCall): Promise<unknown> {
    const { status, text } = await this.#send(call);
    let answer: unknown = text;
    try {
      answer = JSON.parse(text);
    } catch {
      // /readyz and its like answer in plain text.
    }
    if (status < 300) return answer;
    const { reason, message } = (typeof answer === 'object' && answer ? answer : {}) as Record<string, string>;
    throw new ApiRefused({ status, reason, message: message ?? text });
  }

  close(): void {
    this.#agent.destroy();
  }

  #send({ method = 'GET', path, body, contentType }: ApiCall): Promise<{ status: number; text: string }> {
    const usual = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    return new Promise((resolve, reject) => {
      const outgoing = request(
        `${this.#api.url}${path}`,
        {
          method,
          agent: this.#agent,
          timeout: this.#timeoutMs,
          headers: {
            authorization: `Bearer ${this.#api.token}`,
            'content-type': contentType ?? usual,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
          response.on('error', reject);
        },
      );
      outgoing.on('timeout', () => {
        outgoing.destroy(new Error(`the Kubernetes API did not answer within ${this.#timeoutMs / 1000} s`));
      });
      outgoing.on('error', reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
