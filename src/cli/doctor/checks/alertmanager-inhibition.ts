import { describeSource, inhibitionsOf } from '../../../clients/notifications/alertmanager/routing.ts';
import { type Check, failed, ok } from '../check.ts';
import { tellAlert } from '../mendloop-receivers.ts';

export const alertmanagerInhibition: Check = {
  code: 'alertmanager-inhibition',
  category: 'alertmanager',
  description: 'No inhibition mutes an alert that policy answers.',
  severity: 'warning',
  deadlineSeconds: 60,
  beforeInstall: false,
  needs: ['alertmanager-reachable', 'policy-answers'],
  async run(world) {
    const config = await world.alertmanagerConfig();
    const { answers } = await world.answered();
    const muted = answers.flatMap(({ labels }) =>
      inhibitionsOf(config, labels).map((rule) => `${tellAlert(labels)} is muted while ${describeSource(rule)} fires`),
    );
    return muted.length === 0 ? ok('none') : failed('some are muted while another alert fires', [...new Set(muted)]);
  },
};
