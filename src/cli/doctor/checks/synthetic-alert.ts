import type { Check } from '../check.ts';
import { followSyntheticAlert } from '../synthetic-alert.ts';

export const syntheticAlert: Check = {
  code: 'synthetic-alert',
  category: 'end to end',
  description:
    'An alert by the webhook is decided, becomes a remediation in mode observe, and ends; nothing is changed.',
  severity: 'fatal',
  deadlineSeconds: 120,
  beforeInstall: false,
  needs: ['secrets', 'api-ready'],
  run: (world, signal) => followSyntheticAlert(world, signal),
};
