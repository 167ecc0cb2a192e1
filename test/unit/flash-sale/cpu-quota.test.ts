import { describe, expect, it } from 'vitest';
import { CpuQuota } from '../../../examples/flash-sale/shop/cpu-quota.ts';

const quotaOf = (quotaMs: number) => new CpuQuota({ quotaMs, periodMs: 100, start: { wallMs: 1000, cpuMs: 0 } });

describe('CpuQuota', () => {
  it('lets run until the quota of the period is used up, and again in the next', () => {
    const quota = quotaOf(10);
    expect(quota.mayRun({ wallMs: 1000, cpuMs: 0 })).toBe(true);
    expect(quota.mayRun({ wallMs: 1020, cpuMs: 9 })).toBe(true);
    expect(quota.mayRun({ wallMs: 1022, cpuMs: 10 })).toBe(false);
    expect(quota.waitMs(1022)).toBe(78);
    expect(quota.mayRun({ wallMs: 1099, cpuMs: 10 })).toBe(false);
    expect(quota.mayRun({ wallMs: 1100, cpuMs: 10 })).toBe(true);
  });

  it('counts as throttled the time from the refusal to the grant, however often it is asked', () => {
    const quota = quotaOf(10);
    quota.mayRun({ wallMs: 1030, cpuMs: 10 });
    quota.mayRun({ wallMs: 1060, cpuMs: 10 });
    expect(quota.throttledSeconds).toBe(0);
    quota.mayRun({ wallMs: 1101, cpuMs: 10 });
    expect(quota.throttledSeconds).toBeCloseTo(0.071);
    quota.mayRun({ wallMs: 1102, cpuMs: 11 });
    expect(quota.throttledSeconds).toBeCloseTo(0.071);
  });

  it('is not throttled while it has nothing to do, even with nothing left', () => {
    const quota = quotaOf(10);
    quota.mayRun({ wallMs: 1000, cpuMs: 0 });
    // It used all there was, and asks again only two periods later.
    expect(quota.mayRun({ wallMs: 1250, cpuMs: 10 })).toBe(true);
    expect(quota.throttledSeconds).toBe(0);
  });

  it('pays what it used beyond the quota from the periods that follow', () => {
    const quota = quotaOf(10);
    expect(quota.mayRun({ wallMs: 1010, cpuMs: 35 })).toBe(false);
    expect(quota.waitMs(1010)).toBe(290);
    expect(quota.mayRun({ wallMs: 1100, cpuMs: 35 })).toBe(false);
    expect(quota.mayRun({ wallMs: 1200, cpuMs: 35 })).toBe(false);
    expect(quota.mayRun({ wallMs: 1300, cpuMs: 35 })).toBe(true);
    expect(quota.throttledSeconds).toBeCloseTo(0.29);
  });

  it('needs one period more when a debt is a whole number of quotas', () => {
    const quota = quotaOf(10);
    expect(quota.mayRun({ wallMs: 1010, cpuMs: 20 })).toBe(false);
    expect(quota.waitMs(1010)).toBe(190);
    expect(quota.mayRun({ wallMs: 1100, cpuMs: 20 })).toBe(false);
    expect(quota.mayRun({ wallMs: 1200, cpuMs: 20 })).toBe(true);
  });

  it('saves nothing up over idle periods', () => {
    const quota = quotaOf(10);
    expect(quota.mayRun({ wallMs: 5000, cpuMs: 0 })).toBe(true);
    expect(quota.mayRun({ wallMs: 5001, cpuMs: 10 })).toBe(false);
  });
});
