import { type Check, ok } from '../check.ts';

export const settings: Check = {
  code: 'settings',
  category: 'settings',
  description: 'The settings can be read, and every key of them is known.',
  severity: 'fatal',
  deadlineSeconds: 5,
  beforeInstall: true,
  needs: [],
  run: ({ config }) => Promise.resolve(ok(`cluster ${config.kubernetes.cluster}`)),
};
