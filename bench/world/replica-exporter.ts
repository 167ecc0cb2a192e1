import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stoppable } from '../../dev/stack/index.ts';
import type { DeploymentWatch } from './deployment-watch.ts';

/** What Prometheus scrapes of the cluster: how many replicas each Deployment is to have. */
export interface ReplicaExporter extends Stoppable {
  /** `host:port`. */
  readonly address: string;
}

/** Serves what a watch of the API server has seen, as kube-state-metrics would. */
export async function startReplicaExporter(watch: DeploymentWatch): Promise<ReplicaExporter> {
  const server = createServer((_request, response) => {
    const lines = watch.deployments.map(
      ({ metadata, spec }) =>
        `bench_replicas{namespace="${metadata?.namespace ?? ''}",deployment="${metadata?.name ?? ''}"} ${spec?.replicas ?? 0}`,
    );
    response.setHeader('Content-Type', 'text/plain; version=0.0.4').end(`${lines.join('\n')}\n`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
