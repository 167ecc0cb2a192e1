import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PodProcess } from '../../../examples/flash-sale/cluster/pod-process.ts';
import type { PodSpec } from '../../../examples/flash-sale/cluster/pod-spec.ts';
import { replaceFile } from '../../../examples/flash-sale/shop/endpoints.ts';

describe('a process of the shop', { timeout: 30_000 }, () => {
  let directory: string;
  let endpointsFile: string;
  const running: PodProcess[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'flash-sale-test-'));
    endpointsFile = join(directory, 'endpoints.json');
    await replaceFile(endpointsFile, '{}');
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
    await rm(directory, { recursive: true });
  });

  /** A listening process and its URL. */
  async function serve(service: string, env: Record<string, string>): Promise<string> {
    const spec: PodSpec = {
      uid: service,
      name: `${service}-0`,
      namespace: 'production',
      node: 'node-1',
      service,
      env: { SERVICE: service, CPU_LIMIT_MILLIS: '500', WORK_CPU_MS: '0.1', ...env },
    };
    const started = new PodProcess({ spec, endpointsFile, onCrash: () => undefined });
    running.push(started);
    await started.settled;
    expect(started.endpoint).toBeDefined();
    return `http://${started.endpoint}`;
  }

  const metric = async (url: string, pattern: RegExp) =>
    Number(pattern.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);

  it('answers, and counts what it answered', async () => {
    // More than one thread can use: the first answer of a process takes some CPU.
    const url = await serve('catalog', { CPU_LIMIT_MILLIS: '2000' });
    expect((await fetch(url)).status).toBe(200);
    await expect.poll(() => metric(url, /duration_seconds_count\{code="200"\} (\d+)/)).toBe(1);
    expect(await metric(url, /^container_cpu_usage_seconds_total (\S+)/m)).toBeGreaterThan(0);
    expect(await metric(url, /^container_cpu_cfs_throttled_seconds_total (\S+)/m)).toBe(0);
  });

  it('is throttled, and keeps customers waiting, when the work is more than the limit allows', async () => {
    const url = await serve('order-service', {
      CPU_LIMIT_MILLIS: '50',
      WORK_CPU_MS: '10',
      QUEUE_LIMIT: '6',
      QUEUE_TIMEOUT_MS: '60000',
    });
    const answers = await Promise.all(Array.from({ length: 6 }, () => fetch(url)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    // 60 ms of CPU at 5 ms in each 100 ms: more than a second for the last of them.
    expect(await metric(url, /^container_cpu_cfs_throttled_seconds_total (\S+)/m)).toBeGreaterThan(0.3);
    expect(await metric(url, /duration_seconds_sum\{code="200"\} (\S+)/)).toBeGreaterThan(1);
  });

  it('asks the service it depends on, and fails with it', async () => {
    const inventory = await serve('inventory', {});
    const url = await serve('catalog', { CALLS: 'inventory' });
    expect((await fetch(url)).status).toBe(503);
    await replaceFile(endpointsFile, JSON.stringify({ inventory: [new URL(inventory).host] }));
    await expect.poll(async () => (await fetch(url)).status).toBe(200);
    await expect.poll(() => metric(inventory, /duration_seconds_count\{code="200"\} (\d+)/)).toBeGreaterThan(0);
  });

  it('tells the service that is to be told after it has answered', async () => {
    const inventory = await serve('inventory', {});
    await replaceFile(endpointsFile, JSON.stringify({ inventory: [new URL(inventory).host] }));
    const url = await serve('order-service', { NOTIFIES: 'inventory' });
    expect((await fetch(url)).status).toBe(200);
    await expect.poll(() => metric(inventory, /duration_seconds_count\{code="200"\} (\d+)/)).toBe(1);
  });
});
