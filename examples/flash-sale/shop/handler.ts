import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EndpointsView } from './endpoints.ts';
import { httpCall, keepAliveAgent } from './http-call.ts';
import type { ShopMetrics } from './metrics.ts';
import { Outbox } from './outbox.ts';
import type { RequestQueue } from './request-queue.ts';
import type { ShopSettings } from './settings.ts';
import { burnCpu } from './work.ts';

/** Milliseconds that a service waits for another one. */
const CALL_TIMEOUT_MS = 2000;

/** What nginx counts when the client closed the connection before it was answered. */
const CLIENT_GONE = 499;

export interface ShopHandlerOptions {
  readonly settings: ShopSettings;
  readonly queue: RequestQueue;
  readonly metrics: ShopMetrics;
  readonly endpoints: EndpointsView;
}

/** Serves one request: queue, CPU, the service it calls, the answer, and the service it tells afterwards. */
export function createShopHandler({ settings, queue, metrics, endpoints }: ShopHandlerOptions) {
  const { calls, notifies } = settings;
  const agent = keepAliveAgent();

  const call = async (service: string, orders: number): Promise<number> => {
    const endpoint = endpoints.next(service);
    if (endpoint === undefined) return 0;
    return httpCall({ agent, endpoint, path: `/?orders=${orders}`, timeoutMs: CALL_TIMEOUT_MS });
  };
  const outbox = notifies === undefined ? undefined : new Outbox((orders) => call(notifies, orders));

  const serve = async (response: ServerResponse): Promise<void> => {
    if (settings.outsideMs > 0) await new Promise((resolve) => setTimeout(resolve, settings.outsideMs));
    const status = calls === undefined ? 200 : await call(calls, 1);
    respond(response, status === 200 ? 200 : 503);
    if (status === 200) outbox?.add();
  };

  return (request: IncomingMessage, response: ServerResponse): void => {
    request.resume();
    const arrivedMs = performance.now();
    response.once('close', () => {
      const code = response.writableFinished ? response.statusCode : CLIENT_GONE;
      metrics.observe(code, (performance.now() - arrivedMs) / 1000);
    });
    const accepted = queue.push({
      arrivedMs,
      abandoned: () => response.destroyed,
      run: () => {
        burnCpu(settings.workCpuMs * ordersOf(request));
        void serve(response);
      },
      shed: () => respond(response, 503),
    });
    if (!accepted) respond(response, 503);
  };
}

/** How many orders' worth of work a request carries: `?orders=N`, else one. */
function ordersOf(request: IncomingMessage): number {
  const orders = Number(/[?&]orders=(\d{1,4})$/.exec(request.url ?? '')?.[1] ?? 1);
  return Math.max(1, orders);
}

function respond(response: ServerResponse, status: number): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': 3 });
  response.end(status === 200 ? 'ok\n' : 'no\n');
}
