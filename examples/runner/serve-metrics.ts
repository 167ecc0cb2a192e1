import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeServer } from './close-server.ts';
import type { Here } from './contract.ts';

/** Serves metrics in Prometheus' text format until the example ends; settles when Prometheus has had them once. */
export async function serveMetrics(here: Pick<Here, 'stack' | 'scrape'>, render: () => string): Promise<void> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(render());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  here.stack.add({ stop: () => closeServer(server) });
  await here.scrape(`127.0.0.1:${(server.address() as AddressInfo).port}`);
}
