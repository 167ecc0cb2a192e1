import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service's own metrics, as a test wants them: Prometheus scrapes what is set here. */
export interface SignalExporter {
  /** `host:port`. */
  readonly address: string;
  /** Seconds of latency by Deployment. */
  readonly latency: Map<string, number>;
  stop(): Promise<void>;
}

/** Below it, `{"perDay": 0}`: a cost source to which no change ever shows. */
export const FREE_OF_COST = '/cost';

export async function startSignalExporter(): Promise<SignalExporter> {
  const latency = new Map<string, number>();
  const server = createServer(({ url }, response) => {
    if (url?.startsWith(FREE_OF_COST) === true) {
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ perDay: 0 }));
      return;
    }
    const lines = [...latency].map(([name, value]) => `test_latency_seconds{deployment="${name}"} ${value}`);
    response.setHeader('Content-Type', 'text/plain; version=0.0.4').end(`${lines.join('\n')}\n`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    latency,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
