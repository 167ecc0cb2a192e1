import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter } from 'prom-client';
import { request } from 'undici';
import { closeServer } from '../runner/close-server.ts';
import type { Stoppable } from '../../dev/stack/index.ts';
import type { Here } from '../runner/contract.ts';
import { Customers } from '../runner/service/customers.ts';
import { MeasuredService } from '../runner/service/measured-service.ts';

const REQUESTS_PER_SECOND = 20;

/** Another company's: all that is known of it is what it answers. */
export class PaymentGateway implements Stoppable {
  isDown = false;
  readonly #server: Server = createServer((_request, response) => response.writeHead(this.isDown ? 503 : 200).end());

  static async start(): Promise<PaymentGateway> {
    const gateway = new PaymentGateway();
    await once(gateway.#server.listen(0, '127.0.0.1'), 'listening');
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async stop(): Promise<void> {
    await closeServer(this.#server);
  }
}

/** Serves checkouts, each of which asks the gateway, to customers who come all the time. */
export async function serveCheckout(here: Here, gateway: PaymentGateway): Promise<void> {
  const { stack } = here;
  const pay = async () => {
    const { statusCode, body } = await request(gateway.url);
    await body.dump();
    calls.inc({ to: 'payment-gateway', code: String(statusCode) });
    return statusCode === 200 ? 200 : 502;
  };
  const checkout = stack.add(await MeasuredService.start({ service: 'checkout', answer: pay }));
  const calls = new Counter({
    name: 'http_client_requests_total',
    help: 'Requests to other services, by the status of their answers.',
    labelNames: ['to', 'code'],
    registers: [checkout.registry],
  });
  await here.scrape(checkout.address);
  stack.add(new Customers(checkout.address, { perSecond: REQUESTS_PER_SECOND }));
}
