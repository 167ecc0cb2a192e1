import { asProblem, Problem, problemOf } from './problem.ts';

const API = '/api/v1';
const TOKEN = 'mendloop-token';
/** The API gives up sooner; this is for a network that swallows what is sent. */
const TIMEOUT_MS = 30_000;

/** Asks the API, with the token of this tab if there is one. */
export class ApiClient {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  get hasToken(): boolean {
    return this.#storage.getItem(TOKEN) !== null;
  }

  /** Kept for this tab only, until it is closed. */
  setToken(token: string | undefined): void {
    if (token === undefined) this.#storage.removeItem(TOKEN);
    else this.#storage.setItem(TOKEN, token);
  }

  /** @throws Problem */
  async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return await this.#json<T>(path, signal === undefined ? {} : { signal });
  }

  /** The same `requestId` again does nothing more, so that a request without an answer can be repeated. @throws Problem */
  async post<T>(path: string, body: object, requestId: string): Promise<T> {
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': requestId };
    return await this.#json<T>(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** An answer that has begun and whose status is good. @throws Problem */
  async open(
    path: string,
    { headers = {}, ...init }: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> },
  ) {
    const token = this.#storage.getItem(TOKEN);
    let response: Response;
    try {
      response = await fetch(`${API}${path}`, {
        ...init,
        headers: { ...headers, ...(token === null ? {} : { Authorization: `Bearer ${token}` }) },
        ...{ cache: 'no-store', credentials: 'omit', redirect: 'error' },
      });
    } catch (error) {
      if (init.signal?.aborted === true) throw error;
      throw asProblem(error);
    }
    if (response.ok) return response;
    throw problemOf(response.status, await response.json().catch(() => undefined));
  }

  async #json<T>(path: string, init: Parameters<ApiClient['open']>[1]): Promise<T> {
    const late = AbortSignal.timeout(TIMEOUT_MS);
    const signal = init.signal == null ? late : AbortSignal.any([init.signal, late]);
    const response = await this.open(path, { ...init, signal }).catch((error: unknown) => {
      throw late.aborted ? new Problem(0, 'Mendloop has not answered in time.') : error;
    });
    return (await response.json()) as T;
  }
}
