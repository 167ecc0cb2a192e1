import type { Express } from 'express';
import { once } from 'node:events';
import { createServer, type Server, STATUS_CODES } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Config } from '../config/schema.ts';
import { isLoopback } from './access/loopback.ts';
import { lifecycleOf } from './http/lifecycle.ts';

export type ServeSettings = Pick<Config['api'], 'host' | 'port' | 'requestTimeoutSeconds' | 'drainSeconds'>;

export interface ApiServer {
  /** Without a slash at the end. */
  readonly url: string;
  /**
   * Stops to accept, closes idle connections at once, and waits for what is in flight, at most `drainSeconds`; then
   * cuts the rest. Safe to repeat.
   */
  close(): Promise<void>;
}

/** Most of a client's time goes into its body; headers come in one piece. */
const MAX_HEADERS_TIMEOUT_MS = 10_000;
/** Longer than most pauses between two notifications of a busy Alertmanager, which then needs no new connection. */
const KEEP_ALIVE_MS = 75_000;

/**
 * Puts the app on its port; port 0 takes a free one.
 *
 * @throws Error naming host and port if they cannot be had.
 */
export async function serveApi(app: Express, settings: ServeSettings): Promise<ApiServer> {
  const requestTimeout = settings.requestTimeoutSeconds * 1000;
  const server = createServer(
    {
      requestTimeout,
      headersTimeout: Math.min(MAX_HEADERS_TIMEOUT_MS, requestTimeout),
      // Timeouts are enforced no finer than this; Node's default is 30 s.
      connectionsCheckingInterval: Math.min(1000, requestTimeout / 2),
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    app,
  );
  server.on('clientError', answerBrokenRequest);
  try {
    await once(server.listen(settings.port, settings.host), 'listening');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Error(`the API cannot listen on ${settings.host} port ${settings.port}: ${code}`, { cause });
  }
  const { address, port } = server.address() as AddressInfo;
  if (isLoopback(settings.host) && !isLoopback(address)) {
    server.close();
    throw new Error(`the API cannot listen on ${settings.host}: it leads to ${address}, which is no loopback address`);
  }
  let closing: Promise<void> | undefined;
  return {
    url: `http://${isIPv6(address) ? `[${address}]` : address}:${port}`,
    close: () => (closing ??= drain(app, server, settings.drainSeconds)),
  };
}

async function drain(app: Express, server: Server, seconds: number): Promise<void> {
  const lifecycle = lifecycleOf(app);
  lifecycle.drain();
  const closed = once(server, 'close');
  // Closes the idle connections too. Those in use close with the next answer, or are cut below.
  server.close();
  const late = new AbortController();
  await Promise.race([lifecycle.inFlight.idle(), timeout(seconds * 1000, late.signal)]);
  late.abort();
  server.closeAllConnections();
  await closed;
}

function timeout(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
    });
  });
}

/** Statuses by what went wrong before there was a request; anything else is 400. */
const brokenStatus: Readonly<Record<string, number>> = {
  // Node's own answer would be 408, on which Alertmanager drops the notification; 503 makes it try again.
  ERR_HTTP_REQUEST_TIMEOUT: 503,
  HPE_HEADER_OVERFLOW: 431,
};

/** Answers what never became a whole request; a connection that has carried an answer is just cut. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex & { readonly bytesWritten?: number }): void {
  if (!socket.writable || error.code === 'ECONNRESET' || socket.bytesWritten !== 0) {
    socket.destroy();
    return;
  }
  const status = brokenStatus[error.code ?? ''] ?? 400;
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n`;
  socket.end(`${head}${status === 503 ? 'Retry-After: 5\r\n' : ''}\r\n`);
}
