import { serverClocks } from '../server-clocks.ts';
import { type Check, failed, ok, skipped } from '../check.ts';

/** Signed links, approvals and the age of samples bear this much. */
const TOLERATED_MS = 5000;

export const clock: Check = {
  code: 'clock',
  category: 'clock',
  description: "This machine's clock agrees with Prometheus's and with the store's.",
  severity: 'warning',
  deadlineSeconds: 15,
  beforeInstall: false,
  needs: ['settings'],
  async run(world, signal) {
    const clocks = await serverClocks(world, signal);
    if (clocks.length === 0) return skipped('no server said its time');
    const told = clocks.map(
      ({ name, aheadMs }) => `${name} ${aheadMs < 0 ? '-' : '+'}${Math.abs(aheadMs / 1000).toFixed(1)} s`,
    );
    const off = clocks.filter(({ aheadMs, withinMs }) => Math.abs(aheadMs) - withinMs > TOLERATED_MS);
    return off.length === 0 ? ok(told.join(', ')) : failed('they differ', told);
  },
};
