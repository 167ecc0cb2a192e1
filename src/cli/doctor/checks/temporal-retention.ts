import { retentionOf } from '../../../clients/temporal/ensure-namespace.ts';
import { RETENTION_DAYS } from '../../../contract/namespace.ts';
import { type Check, failed, ok } from '../check.ts';

export const temporalRetention: Check = {
  code: 'temporal-retention',
  category: 'temporal',
  description: 'Histories are kept for 90 days, which is how far back scorecards, lists and post-mortems see.',
  severity: 'warning',
  deadlineSeconds: 10,
  beforeInstall: true,
  needs: ['temporal-namespace'],
  async run(world) {
    const { client } = await world.temporal();
    const days = (await retentionOf(client)) ?? 0;
    const text = `${Math.round(days * 10) / 10} days`;
    return days >= RETENTION_DAYS ? ok(text) : failed(`${text}, not ${RETENTION_DAYS}`);
  },
};
