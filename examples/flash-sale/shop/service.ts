import { createServer } from 'node:http';
import { flushCompileCache } from 'node:module';
import type { AddressInfo } from 'node:net';
import { CpuQuota } from './cpu-quota.ts';
import { EndpointsView } from './endpoints.ts';
import { createShopHandler } from './handler.ts';
import { createShopMetrics } from './metrics.ts';
import { RequestQueue } from './request-queue.ts';
import { readShopSettings } from './settings.ts';
import { processCpuMs, warmUp } from './work.ts';

/**
 * One process of the shop: what runs "in" a Pod of the example. It serves real HTTP requests and keeps itself to the
 * Pod's CPU limit in the kernel's manner, because an ordinary user cannot make cgroups. Started by the Pod runner with
 * an IPC channel, on which it says its port; it ends by SIGTERM, or when the runner is gone.
 */

/** The kernel's default `cpu.cfs_period_us`, in milliseconds. */
const PERIOD_MS = 100;

/** Milliseconds that queued requests get on the way out. */
const DRAIN_MS = 2000;

const settings = readShopSettings(process.env);
const endpoints = new EndpointsView(settings.endpointsFile);

const server = createServer((_request, response) => response.end());
server.keepAliveTimeout = 60_000;
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
await warmUp(port);

// What it took to start is not taken from the quota: a real Pod would get no traffic before it is ready either.
const startCpuMs = processCpuMs();
const read = () => ({ wallMs: performance.now(), cpuMs: processCpuMs() - startCpuMs });
const quota = new CpuQuota({
  quotaMs: (settings.cpuLimitMillis / 1000) * PERIOD_MS,
  periodMs: PERIOD_MS,
  start: read(),
});
const queue = new RequestQueue({ quota, read, limit: settings.queueLimit, timeoutMs: settings.queueTimeoutMs });
const metrics = createShopMetrics({
  throttledSeconds: () => quota.throttledSeconds,
  cpuSeconds: () => read().cpuMs / 1000,
});
const handler = createShopHandler({ settings, queue, metrics, endpoints });

server.removeAllListeners('request');
server.on('request', (request, response) => {
  if (request.url !== '/metrics') {
    handler(request, response);
    return;
  }
  void metrics.registry.metrics().then((text) => {
    response.writeHead(200, { 'content-type': metrics.registry.contentType });
    response.end(text);
  });
});
process.send?.({ port });
flushCompileCache();

process.once('SIGTERM', () => void leave());
// Ctrl-C reaches the whole process group; the order to stop comes from the runner.
process.on('SIGINT', () => undefined);
process.once('disconnect', () => process.exit(1));

async function leave(): Promise<void> {
  setTimeout(() => process.exit(0), DRAIN_MS).unref();
  server.close(() => process.exit(0));
  await queue.drained();
  server.closeIdleConnections();
}
