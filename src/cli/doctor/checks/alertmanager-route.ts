import { receiversOf } from '../../../clients/notifications/alertmanager/routing.ts';
import { type Check, failed, ok, skipped } from '../check.ts';
import { mendloopReceivers, tellAlert } from '../mendloop-receivers.ts';

export const alertmanagerRoute: Check = {
  code: 'alertmanager-route',
  category: 'alertmanager',
  description: 'Every alert that policy answers is routed to Mendloop.',
  severity: 'warning',
  deadlineSeconds: 60,
  beforeInstall: false,
  needs: ['alertmanager-reachable', 'policy-answers'],
  async run(world) {
    const config = await world.alertmanagerConfig();
    const ours = mendloopReceivers(config, world.receiver);
    if (ours.length === 0) return failed('no receiver has the webhook of Mendloop (--receiver names it)');
    const { answers } = await world.answered();
    if (answers.length === 0) return skipped('policy answers nothing');
    const names = new Set(ours.map(({ name }) => name));
    const lost = answers.filter(({ labels }) => !receiversOf(config, labels).some((name) => names.has(name)));
    if (lost.length === 0) return ok(`receiver ${[...names].join(', ')}`);
    const details = lost.map(
      ({ labels }) => `${tellAlert(labels)} goes to ${receiversOf(config, labels).join(', ')} only`,
    );
    return failed(`${lost.length} of ${answers.length} are not`, [...new Set(details)]);
  },
};
