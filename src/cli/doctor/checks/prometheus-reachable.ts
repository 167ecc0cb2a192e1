import { type Check, ok } from '../check.ts';

export const prometheusReachable: Check = {
  code: 'prometheus-reachable',
  category: 'prometheus',
  description: 'Prometheus answers queries.',
  severity: 'fatal',
  deadlineSeconds: 15,
  beforeInstall: true,
  needs: ['settings'],
  async run(world, signal) {
    await world.prometheus().serverTime(signal);
    return ok(world.config.prometheus.url);
  },
};
