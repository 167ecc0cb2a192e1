import { expect, it } from 'vitest';
import { undoAfterEnd } from '../../../src/domain/remediation/undo-after-end.ts';
import { aPlannedChange } from '../../support/plans.ts';

const planned = aPlannedChange();
const effect = { changed: true, text: 'Scaled 2 -> 5', handle: {} };
const step = { at: '2026-08-01T12:00:00Z', from: 5, to: 4, reason: 'load', summary: 'fine' };

it.each([
  [
    'what to type, while the target stands as it was left',
    { planned, effect },
    `at 5 replicas, undo the change by: ${planned.manualUndo}`,
  ],
  [
    'where a lease has left it',
    { planned, effect, lease: [{ ...step, result: 'kept' as const }] },
    'at 4 replicas, undo',
  ],
  [
    'where a step of a lease hurt',
    { planned, effect, lease: [{ ...step, result: 'hurt' as const }] },
    'at 5 replicas, undo',
  ],
  ['that a lease has taken it back', { planned, effect, lease: [{ ...step, to: 2, result: 'kept' as const }] }, 'to 2'],
  [
    'that it was undone',
    { planned, effect, compensation: { status: 'restored' as const, text: 'put back to 2' } },
    'put back to 2',
  ],
  ['that nothing was changed', { planned, effect: { ...effect, changed: false } }, 'changed nothing'],
  ['that nothing was planned', {}, 'changed nothing'],
  ['that it cannot be undone', { planned: { ...planned, undo: 'none' as const }, effect }, 'cannot be taken back'],
])('undo of a remediation that has ended says %s', (_, status, words) => {
  expect(undoAfterEnd(status)).toContain(words);
});
