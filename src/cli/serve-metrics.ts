import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../config/schema.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface MetricsServer {
  /** Without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `/metrics` and `/healthz` of a process that has no API.
 *
 * @throws Error naming host and port if they cannot be had.
 */
export async function serveMetrics(metrics: Metrics, { host, port }: Config['worker']): Promise<MetricsServer> {
  const server = createServer(answer(metrics));
  try {
    await once(server.listen(port, host), 'listening');
  } catch (cause) {
    throw new Error(`metrics cannot be served on ${host} port ${port}`, { cause });
  }
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(metrics: Metrics): RequestListener {
  return (request, response) => {
    const path = request.url?.split('?', 1)[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    } else if (path === '/healthz') {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"status":"alive"}');
    } else if (path === '/metrics') {
      metrics.scrape(request.headers.accept).then(
        ({ contentType, body }) => response.writeHead(200, { 'Content-Type': contentType }).end(body),
        () => response.writeHead(500).end(),
      );
    } else {
      response.writeHead(404).end();
    }
  };
}
