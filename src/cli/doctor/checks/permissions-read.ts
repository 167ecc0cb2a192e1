import { ALWAYS_READ } from '../../../clients/kubernetes/always-read.ts';
import { questionsOf } from '../../../clients/kubernetes/review-access.ts';
import type { Check } from '../check.ts';
import { reviewAll } from '../review-all.ts';

export const permissionsRead: Check = {
  code: 'permissions-read',
  category: 'kubernetes',
  description: 'The account may read what Mendloop always reads, verb by verb.',
  severity: 'fatal',
  deadlineSeconds: 30,
  beforeInstall: false,
  needs: ['kubernetes-reachable'],
  run: (world) => reviewAll(world, questionsOf(ALWAYS_READ, world.namespaces)),
};
