import { type Check, ok, skipped } from '../check.ts';

export const alertmanagerReachable: Check = {
  code: 'alertmanager-reachable',
  category: 'alertmanager',
  description: 'The Alertmanager of the settings answers.',
  severity: 'warning',
  deadlineSeconds: 15,
  beforeInstall: true,
  needs: ['settings'],
  async run(world) {
    if (world.alertmanager() === undefined) {
      return skipped('the settings name none: alerts.confirm.alertmanager');
    }
    await world.alertmanagerConfig();
    return ok('its configuration can be read');
  },
};
