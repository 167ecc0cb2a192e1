import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Stoppable } from '../../dev/stack/index.ts';
import type { TestCluster } from './cluster.ts';
import { nodePath } from './nodes.ts';

/** What the container of a Pod has written. */
export type LogOf = (pod: { readonly namespace: string; readonly name: string }) => string;

/**
 * A small process that serves logs where the API server asks a kubelet for them, for the fake nodes of the cluster: kwok's
 * Pods run nothing, and write none. It says so by the status of each node, as a kubelet does.
 */
export async function servePodLogs({ plane, human }: TestCluster, logOf: LogOf): Promise<Stoppable> {
  const pki = join(dirname(plane.kubeconfigPath), 'pki');
  const [cert, key] = await Promise.all(['apiserver.crt', 'apiserver.key'].map((name) => readFile(join(pki, name))));
  const server = createServer({ cert, key }, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://node');
    const [, namespace = '', name = ''] = /^\/containerLogs\/([^/]+)\/([^/]+)\/[^/]+$/.exec(pathname) ?? [];
    const lines = logOf({ namespace, name }).split(/(?<=\n)/);
    const tail = Number(searchParams.get('tailLines') ?? lines.length);
    response.end(
      lines
        .slice(-tail)
        .join('')
        .slice(0, Number(searchParams.get('limitBytes') ?? Infinity)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: Port } = server.address() as AddressInfo;
  const { items } = await human.get<{ items: { metadata: { name: string } }[] }>('/api/v1/nodes');
  for (const { metadata } of items) {
    await human.patch(`${nodePath(metadata.name)}/status`, {
      status: {
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port } },
      },
    });
  }
  return {
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
