import { checkSecrets } from '../../../config/check-secrets.ts';
import { ConfigError } from '../../../config/config-error.ts';
import { type Check, failed, ok } from '../check.ts';

export const secrets: Check = {
  code: 'secrets',
  category: 'settings',
  description: 'Every secret that the settings name can be read, and is strong enough.',
  severity: 'fatal',
  deadlineSeconds: 5,
  beforeInstall: false,
  needs: ['settings'],
  run: ({ config }) => {
    try {
      checkSecrets(config);
      return Promise.resolve(ok('all can be read'));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const faults = error.problems.map(({ key, message }) => `${key}: ${message}`);
      return Promise.resolve(failed('some cannot be used', faults));
    }
  },
};
