import { type Check, failed, ok, skipped } from '../check.ts';
import { mendloopReceivers } from '../mendloop-receivers.ts';

export const alertmanagerToken: Check = {
  code: 'alertmanager-token',
  category: 'alertmanager',
  description: 'Alertmanager sends a token where the webhook asks for one.',
  severity: 'warning',
  deadlineSeconds: 15,
  beforeInstall: false,
  needs: ['alertmanager-reachable'],
  async run(world) {
    if (world.config.api.webhookToken === undefined) return skipped('the webhook asks for none');
    const ours = mendloopReceivers(await world.alertmanagerConfig(), world.receiver);
    if (ours.length === 0) return failed('no receiver has the webhook of Mendloop (--receiver names it)');
    const without = ours.filter(({ webhooks }) =>
      webhooks.some(({ http_config }) => http_config?.authorization == null),
    );
    return without.length === 0
      ? ok('a token is sent; whether it is the right one, only a notification shows')
      : failed(
          'every notification is refused, and lost',
          without.map(({ name }) => `receiver ${name} has no http_config.authorization`),
        );
  },
};
