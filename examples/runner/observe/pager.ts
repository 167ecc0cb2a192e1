import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { closeServer } from '../close-server.ts';
import type { WebhookPayload } from '../../../src/domain/alert/alert.ts';

/** One page that reached the on-call. */
export interface Page {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Alertmanager's receiver that sent it. */
  readonly receiver: string;
  readonly alertname: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The on-call's pager: an HTTP server that takes Alertmanager's webhook and remembers. */
export class Pager {
  readonly pages: Page[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void json(request).then(
        (body) => {
          this.#record(body as WebhookPayload);
          response.end();
        },
        () => response.writeHead(400).end(),
      );
    });
  }

  static async start(): Promise<Pager> {
    const pager = new Pager();
    await new Promise<void>((resolve) => pager.#server.listen(0, '127.0.0.1', resolve));
    return pager;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/pages`;
  }

  async stop(): Promise<void> {
    await closeServer(this.#server);
  }

  #record({ receiver, alerts }: WebhookPayload): void {
    for (const { labels, annotations } of alerts) {
      this.pages.push({ at: Date.now(), receiver, alertname: labels['alertname'] ?? '', labels, annotations });
    }
  }
}
