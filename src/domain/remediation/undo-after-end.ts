import { Undo } from '../actions/contract.ts';
import type { RemediationStatus } from './remediation.ts';

type Ended = Pick<RemediationStatus, 'planned' | 'effect' | 'compensation' | 'lease'>;

/**
 * What whoever wants to undo a remediation that has ended gets to read: it holds its target no longer, so that a human looks
 * whether another hand has changed that since.
 */
export function undoAfterEnd({ planned, effect, compensation, lease }: Ended): string {
  if (planned === undefined || effect?.changed !== true) return 'it has changed nothing that could be undone';
  if (compensation?.status === 'restored') return `its change was undone already: ${compensation.text}`;
  if (planned.undo !== Undo.Exact || planned.manualUndo === undefined) {
    return `what it did cannot be taken back: ${effect.text}`;
  }
  const { moves, manualUndo } = planned;
  const left = lease?.at(-1);
  const stands = left === undefined ? moves?.after : left.result === 'kept' ? left.to : left.from;
  if (stands !== undefined && stands === moves?.before) return `its lease has taken the change back, to ${stands}`;
  const still = stands === undefined ? 'as it was left' : `at ${stands} ${moves?.name ?? ''}`.trim();
  return `it holds its target no longer; if that is still ${still}, undo the change by: ${manualUndo}`;
}
