import { type Check, ok } from '../check.ts';

export const kubernetesReachable: Check = {
  code: 'kubernetes-reachable',
  category: 'kubernetes',
  description: 'The API server answers.',
  severity: 'fatal',
  deadlineSeconds: 15,
  beforeInstall: true,
  needs: ['settings'],
  async run(world) {
    const { gitVersion } = await world.kubernetes().get<{ gitVersion?: string }>('/version');
    return ok(gitVersion ?? 'of a version that it does not say');
  },
};
