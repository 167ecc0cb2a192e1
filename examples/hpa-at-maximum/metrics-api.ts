import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { closeServer } from '../runner/close-server.ts';
import type { Stoppable } from '../../dev/stack/index.ts';

const API = '/apis/external.metrics.k8s.io/v1beta1';
const METRIC = 'orders_waiting';

/**
 * The external metrics API, as an adapter serves it to autoscalers: how many orders wait, whatever serves them. It is only
 * asked by the API server, so that it shows the API server's own certificate.
 */
export class MetricsApi implements Stoppable {
  /** Orders that wait. */
  waiting = 15;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', ({ url = '' }, response) => {
      const answer = url.startsWith(`${API}/namespaces/`) ? this.#values() : resources();
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
    });
  }

  /** `pki`: the API server's folder of keys. */
  static async start(pki: string): Promise<MetricsApi> {
    const [key, cert] = await Promise.all(
      ['apiserver.key', 'apiserver.crt'].map((file) => readFile(join(pki, file), 'utf8')),
    );
    const api = new MetricsApi(createServer({ key, cert } as { key: string; cert: string }));
    await once(api.#server.listen(0, '127.0.0.1'), 'listening');
    return api;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    await closeServer(this.#server);
  }

  #values() {
    return {
      ...{ kind: 'ExternalMetricValueList', apiVersion: 'external.metrics.k8s.io/v1beta1', metadata: {} },
      items: [
        {
          ...{ metricName: METRIC, metricLabels: {} },
          ...{ timestamp: new Date().toISOString(), value: String(this.waiting) },
        },
      ],
    };
  }
}

function resources() {
  return {
    ...{ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'external.metrics.k8s.io/v1beta1' },
    resources: [{ name: METRIC, singularName: '', namespaced: true, kind: 'ExternalMetricValueList', verbs: ['get'] }],
  };
}
