import { type Check, failed, ok } from '../check.ts';

export const policyLoaded: Check = {
  code: 'policy-loaded',
  category: 'policy',
  description: 'The policy of the settings is loaded, and answers.',
  severity: 'fatal',
  deadlineSeconds: 15,
  beforeInstall: true,
  needs: ['settings'],
  async run(world) {
    const policy = await world.policy();
    return policy.ready ? ok(`revision ${policy.revision}`) : failed('there is none that could be loaded');
  },
};
