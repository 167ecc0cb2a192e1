import { HttpMethod } from '@kubernetes/client-node';
import { type Dispatcher, request } from 'undici';
import type { Config } from '../../config/schema.ts';
import { traceExchange } from '../http/trace-exchange.ts';
import { failureOf, noAnswer, notAuthenticated } from './kubernetes-failure.ts';
import { loadKubeconfig } from './load-kubeconfig.ts';

/** RFC 6902. */
export type JsonPatch = readonly (
  | { readonly op: 'test' | 'add'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
)[];

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

type Parameters = Readonly<Record<string, string>>;

/**
 * The API server, as far as Mendloop needs it. Paths are those of the API, below the server's address. Every failure is
 * a MendloopError made once, in `kubernetes-failure.ts`; no answer, header or token is in its message.
 */
export interface KubernetesClient {
  /** Name of the cluster in targets. */
  readonly cluster: string;
  get<T>(path: string, query?: Parameters): Promise<T>;
  /** What is no JSON: the logs of a container. At most `maxBytes` of it, from its beginning. */
  getText(path: string, query: Parameters, maxBytes: number): Promise<string>;
  jsonPatch(path: string, patch: JsonPatch, query?: Parameters): Promise<void>;
  /** What the object would be after the patch: validated, admitted and not stored. */
  previewJsonPatch<T>(path: string, patch: JsonPatch, query?: Parameters): Promise<T>;
  mergePatch(path: string, patch: object, query?: Parameters): Promise<void>;
  create(path: string, body: object, query?: Parameters): Promise<void>;
  /** Creates, and answers with what the server made of it: a review is a question that is stored nowhere. */
  post<T>(path: string, body: object): Promise<T>;
  /**
   * Deletes; answers with the object as it is after the call: going, or as it last was. `options` are the API's
   * DeleteOptions, `dryRun` among them: beside a body the API server reads none in the query, and would delete.
   */
  remove<T>(path: string, options: object): Promise<T>;
  /** Ends when the server ends it, as servers do every few minutes. */
  watch<T>(path: string, query: Parameters, signal: AbortSignal): AsyncGenerator<WatchEvent<T>>;
}

type Answer = Dispatcher.ResponseData & { readonly status: number };

interface Call {
  readonly method: HttpMethod;
  readonly path: string;
  readonly query?: Parameters | undefined;
  readonly contentType?: string;
  readonly body?: unknown;
  /** Without one the call has the settings' time limit. */
  readonly signal?: AbortSignal;
}

/** Reaches the cluster of the settings: a kubeconfig, or the service account of the Pod this runs in. */
export function createKubernetesClient(settings: Config['kubernetes']): KubernetesClient {
  const { kubeconfig, server, missing } = loadKubeconfig(settings);

  async function send(call: Call): Promise<Answer> {
    const { method, path, query = {}, contentType, body, signal } = call;
    const name = { method, what: path };
    const url = `${server}${path}?${new URLSearchParams(query).toString()}`;
    if (missing !== undefined) throw notAuthenticated(name, missing);
    let answer: Answer;
    // The library knows every way to authenticate; requests are our own, because its errors carry headers and body.
    const context = await kubeconfig.authenticate(url, method).catch((error: unknown) => {
      throw notAuthenticated(name, error);
    });
    try {
      if (contentType !== undefined) context.setHeaderParam('Content-Type', contentType);
      const dispatcher = context.getDispatcher();
      const exchange = { name: `${method} ${resourceOf(path)}`, method, origin: url, path };
      // Not `fetch`, which takes twice the processor time: a remediation asks a dozen times before it acts.
      answer = await traceExchange(exchange, async (headers) => {
        const response = await request(url, {
          method,
          headers: { ...context.getHeaders(), ...headers },
          signal: signal ?? AbortSignal.timeout(settings.timeoutSeconds * 1000),
          ...(dispatcher === undefined ? {} : { dispatcher }),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        return { ...response, status: response.statusCode };
      });
    } catch (error) {
      throw noAnswer(name, error);
    }
    const { status } = answer;
    if (status >= 200 && status < 300) return answer;
    const text = await answer.body.text().catch(() => '');
    const { 'retry-after': retryAfter } = answer.headers;
    throw failureOf(name, { status, body: text, retryAfter: typeof retryAfter === 'string' ? retryAfter : null });
  }

  async function receive<T>(call: Call): Promise<T> {
    const { body } = await send(call);
    try {
      return (await body.json()) as T;
    } catch (error) {
      throw noAnswer({ method: call.method, what: call.path }, error);
    }
  }

  async function receiveText(call: Call, maxBytes: number): Promise<string> {
    const { body } = await send(call);
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of body) {
        chunks.push(chunk as Buffer);
        bytes += (chunk as Buffer).length;
        if (bytes >= maxBytes) break;
      }
    } catch (error) {
      throw noAnswer({ method: call.method, what: call.path }, error);
    }
    return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
  }

  async function discard(call: Call): Promise<void> {
    const { body } = await send(call);
    await body.arrayBuffer(); // Read to its end, so that the connection can serve again.
  }

  return {
    cluster: settings.cluster,
    get: (path, query) => receive({ method: HttpMethod.GET, path, query }),
    getText: (path, query, maxBytes) => receiveText({ method: HttpMethod.GET, path, query }, maxBytes),
    jsonPatch: (path, patch, query) =>
      discard({ method: HttpMethod.PATCH, path, query, contentType: 'application/json-patch+json', body: patch }),
    previewJsonPatch: (path, patch, query) =>
      receive({
        method: HttpMethod.PATCH,
        path,
        query: { ...query, dryRun: 'All' },
        contentType: 'application/json-patch+json',
        body: patch,
      }),
    mergePatch: (path, patch, query) =>
      discard({ method: HttpMethod.PATCH, path, query, contentType: 'application/merge-patch+json', body: patch }),
    create: (path, body, query) =>
      discard({ method: HttpMethod.POST, path, query, contentType: 'application/json', body }),
    post: (path, body) => receive({ method: HttpMethod.POST, path, contentType: 'application/json', body }),
    remove: (path, options) =>
      receive({ method: HttpMethod.DELETE, path, contentType: 'application/json', body: options }),
    watch: async function* <T>(path: string, query: Parameters, signal: AbortSignal) {
      const { body } = await send({ method: HttpMethod.GET, path, query: { ...query, watch: 'true' }, signal });
      for await (const line of linesOf(body)) yield JSON.parse(line) as WatchEvent<T>;
    },
  };
}

/**
 * The lines of a stream as they come. Iterated as it is, the stream is cancelled when the reader has had enough and
 * throws when the connection breaks; a reader in between would leave the request open, and its error to nobody.
 */
async function* linesOf(body: Answer['body']): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield line;
  }
}

/** `deployments/scale` of a path of the API: what kind of thing it is about, without the names of objects. */
function resourceOf(path: string): string {
  const parts = path.replace(/^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)\//, '').split('/');
  const [kind = path, , subresource] = parts[0] === 'namespaces' && parts.length > 2 ? parts.slice(2) : parts;
  return subresource === undefined ? kind : `${kind}/${subresource}`;
}
