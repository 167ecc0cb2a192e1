import { once } from 'node:events';
import { Agent, request as requestOver } from 'node:https';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ControlPlane } from '../../../dev/stack/index.ts';

/** Requests that are held up: `PATCH` and a part of the path, its query with it. */
export interface Stopped {
  readonly method: string;
  readonly path: RegExp;
  /** `request`: it does not reach the API server. `answer`: what it asks for is done, and its sender does not hear so. */
  readonly what: 'request' | 'answer';
}

/** Where one request is held up. */
export interface Hold {
  /** Settles when a request has come that far. */
  readonly reached: Promise<unknown>;
  /** Lets it go on. */
  release(): void;
  /** It never arrives: its connection breaks. */
  drop(): void;
}

/** A Kubernetes API server with a gate before it, at which single requests of Mendloop can be held up. */
export interface ApiGate {
  /** For one who goes through it. */
  kubeconfigFor(token: string): object;
  /** Holds up the next request of this kind. */
  hold(stopped: Stopped): Hold;
  /** Every request that has come so far, in their order: its method, and its path with the query. */
  asked(): readonly string[];
  stop(): Promise<void>;
}

interface Waiting {
  readonly stopped: Stopped;
  readonly reach: (at: undefined) => void;
  readonly decided: Promise<'release' | 'drop'>;
}

export async function startApiGate({ url, ca }: Pick<ControlPlane, 'url' | 'ca'>): Promise<ApiGate> {
  const agent = new Agent({ ca, keepAlive: true });
  const waiting = new Set<Waiting>();
  const asked: string[] = [];

  function take({ method = '', url: path = '' }: IncomingMessage): Waiting | undefined {
    const found = [...waiting].find(({ stopped }) => stopped.method === method && stopped.path.test(path));
    if (found !== undefined) waiting.delete(found);
    return found;
  }

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    asked.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
    const held = take(incoming);
    if (held?.stopped.what === 'request' && (await isDropped(held))) {
      incoming.socket.destroy();
      return;
    }
    const { method, headers } = incoming;
    const outgoing = requestOver(`${url}${incoming.url ?? ''}`, { method, headers: withoutHost(headers), agent });
    // A client that has gone needs no watch any more.
    response.once('close', () => outgoing.destroy());
    outgoing.on('error', () => response.destroy());
    outgoing.on('response', (answer) => {
      void (async () => {
        if (held?.stopped.what === 'answer' && (await isDropped(held))) {
          incoming.socket.destroy();
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      })();
    });
    incoming.pipe(outgoing);
  }

  const server = createServer((incoming, response) => void pass(incoming, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    kubeconfigFor: (token) => ({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'gate' },
      // Without it the library sends nothing over plain HTTP.
      clusters: [{ name: 'gate', cluster: { server: own, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'gate', user: { token } }],
      contexts: [{ name: 'gate', context: { cluster: 'gate', user: 'gate' } }],
    }),
    hold: (stopped) => {
      const { promise: reached, resolve: reach } = Promise.withResolvers<undefined>();
      const { promise: decided, resolve: decide } = Promise.withResolvers<'release' | 'drop'>();
      waiting.add({ stopped, reach, decided });
      return { reached, release: () => decide('release'), drop: () => decide('drop') };
    },
    asked: () => asked,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      agent.destroy();
    },
  };
}

async function isDropped({ reach, decided }: Waiting): Promise<boolean> {
  reach(undefined);
  return (await decided) === 'drop';
}

function withoutHost({ host: _, ...headers }: IncomingMessage['headers']): IncomingMessage['headers'] {
  return headers;
}
