import { Agent, request } from 'node:http';

export interface HttpCallOptions {
  readonly agent: Agent;
  /** `host:port`. */
  readonly endpoint: string;
  readonly path: string;
  /** Milliseconds after which the call is given up and its connection closed. */
  readonly timeoutMs: number;
}

/** Status code of the answer; 0 if there was none: refused, reset or too late. Never rejects. */
export function httpCall({ agent, endpoint, path, timeoutMs }: HttpCallOptions): Promise<number> {
  const [host, port] = endpoint.split(':');
  return new Promise((resolve) => {
    const call = request({ agent, host, port, path }, (response) => {
      response.resume();
      response.once('end', () => finish(response.statusCode ?? 0));
      response.once('error', () => finish(0));
    });
    const timer = setTimeout(() => {
      call.destroy();
      finish(0);
    }, timeoutMs);
    const finish = (status: number) => {
      clearTimeout(timer);
      resolve(status);
    };
    call.once('error', () => finish(0));
    call.end();
  });
}

/** Keeps connections open between calls: opening one costs more CPU than the call. */
export function keepAliveAgent(): Agent {
  return new Agent({ keepAlive: true, maxFreeSockets: 512 });
}
