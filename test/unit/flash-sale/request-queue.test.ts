import { describe, expect, it } from 'vitest';
import { CpuQuota } from '../../../examples/flash-sale/shop/cpu-quota.ts';
import { type Job, RequestQueue } from '../../../examples/flash-sale/shop/request-queue.ts';

/** A queue on a clock of its own, whose jobs each use `jobCpuMs`. */
function shopFloor({ quotaMs = 1000, limit = 100, timeoutMs = 1000, jobCpuMs = 1 } = {}) {
  const reading = { wallMs: 0, cpuMs: 0 };
  const quota = new CpuQuota({ quotaMs, periodMs: 20, start: { ...reading } });
  const queue = new RequestQueue({ quota, read: () => ({ ...reading }), limit, timeoutMs });
  const served: string[] = [];
  const job = (name: string, abandoned = false): Job => ({
    arrivedMs: reading.wallMs,
    abandoned: () => abandoned,
    run: () => {
      reading.cpuMs += jobCpuMs;
      served.push(name);
    },
    shed: () => served.push(`shed ${name}`),
  });
  return { reading, quota, queue, served, job };
}

describe('RequestQueue', () => {
  it('serves in the order of arrival', async () => {
    const { queue, served, job } = shopFloor();
    for (const name of ['a', 'b', 'c']) expect(queue.push(job(name))).toBe(true);
    await queue.drained();
    expect(served).toEqual(['a', 'b', 'c']);
  });

  it('refuses what is beyond its limit', () => {
    const { queue, job } = shopFloor({ limit: 2 });
    expect([queue.push(job('a')), queue.push(job('b')), queue.push(job('c'))]).toEqual([true, true, false]);
  });

  it('stops when the quota is used up, and goes on when a period begins', async () => {
    const { queue, served, job, reading, quota } = shopFloor({ quotaMs: 2 });
    for (const name of ['a', 'b', 'c']) queue.push(job(name));
    await expect.poll(() => quota.mayRun({ ...reading })).toBe(false);
    expect(served).toEqual(['a', 'b']);
    reading.wallMs = 20;
    await queue.drained();
    expect(served).toEqual(['a', 'b', 'c']);
    expect(quota.throttledSeconds).toBeCloseTo(0.02);
  });

  it('sheds what waited too long, and forgets those who have gone', async () => {
    const { queue, served, job, reading } = shopFloor({ timeoutMs: 500 });
    queue.push(job('late'));
    queue.push(job('gone', true));
    reading.wallMs = 501;
    queue.push(job('fresh'));
    await queue.drained();
    expect(served).toEqual(['shed late', 'fresh']);
  });
});
