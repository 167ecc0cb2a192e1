import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Histogram, Registry } from 'prom-client';
import { closeServer } from '../close-server.ts';
import type { Stoppable } from '../../../dev/stack/index.ts';

/** The status with which one request is answered. */
export type Answer = () => number | Promise<number>;

const DURATION_BUCKETS = [0.01, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2.5, 5];

/**
 * A small HTTP service, as the Pods of an example would serve it: kwok's run no program. It measures itself, by the names
 * that Mendloop's policy knows, at `/metrics`.
 */
export class MeasuredService implements Stoppable {
  /** What else it measures goes here. */
  readonly registry = new Registry();
  readonly #server: Server;

  private constructor(service: string, answer: Answer) {
    this.registry.setDefaultLabels({ service });
    const duration = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'From the arrival of a request to its answer.',
      labelNames: ['code'],
      buckets: DURATION_BUCKETS,
      registers: [this.registry],
    });
    const serve = async (): Promise<number> => {
      const end = duration.startTimer();
      const code = await answer();
      end({ code: String(code) });
      return code;
    };
    this.#server = createServer(({ url }, response) => {
      const answered =
        url === '/metrics'
          ? this.registry
              .metrics()
              .then((text) => response.setHeader('Content-Type', this.registry.contentType).end(text))
          : serve().then((code) => response.writeHead(code).end());
      answered.catch(() => response.destroy());
    });
  }

  static async start({
    service,
    answer,
  }: {
    readonly service: string;
    readonly answer: Answer;
  }): Promise<MeasuredService> {
    const measured = new MeasuredService(service, answer);
    await once(measured.#server.listen(0, '127.0.0.1'), 'listening');
    return measured;
  }

  /** `host:port`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await closeServer(this.#server);
  }
}
