import { expect, it } from 'vitest';
import type { AppliedBy } from '../../../src/domain/gitops/applier.ts';
import { wouldPutBack } from '../../../src/domain/gitops/judge-appliers.ts';

const applier = (more: Partial<AppliedBy> = {}): AppliedBy => ({
  ...{ tool: 'argocd', kind: 'Application', namespace: 'argocd', name: 'shop', inGit: '', heals: true },
  ...more,
});

it.each([
  ['what it is, is not known', [], 'which would put it back'],
  ['by itself', [applier()], 'which would put it back'],
  ['at a sync', [applier({ putsBack: 'next_sync' })], 'which would put it back at its next sync (selfHeal is off)'],
  [
    'at an upgrade',
    [applier({ putsBack: 'by_hand' }), applier({ putsBack: 'next_upgrade' })],
    'which would put it back at its next upgrade (drift detection is off)',
  ],
  ['by hand', [applier({ putsBack: 'by_hand' })], 'which would put it back as soon as somebody syncs or resumes it'],
  ['one of two by itself', [applier({ putsBack: 'next_sync' }), applier()], 'which would put it back'],
])('says when what applies an object puts it back: %s', (_when, appliers, text) => {
  expect(wouldPutBack({ appliers })).toBe(text);
});
