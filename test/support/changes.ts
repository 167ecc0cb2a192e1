import { type PlannedChange, Undo } from '../../src/domain/actions/contract.ts';
import type { EffectResult } from '../../src/domain/actions/effects.ts';
import { aPlannedChange } from './plans.ts';

/** A change without a number, without an undo, of an object that has no namespace: what no generic code may stumble over. */
export function aPlannedSweep(overrides: Partial<PlannedChange> = {}): PlannedChange {
  const { moves: _moves, manualUndo: _undo, adds: _adds, ...rest } = aPlannedChange();
  return {
    ...rest,
    action: 'sweep',
    target: { cluster: 'default', namespace: '', kind: 'Node', name: 'worker-1' },
    title: 'sweep Node worker-1',
    awaits: 'a swept node',
    undo: Undo.None,
    command: 'kubectl sweep worker-1',
    readings: [{ name: 'dust', text: 'much' }],
    ...overrides,
  };
}

/** What the flash sale's change did. */
export function anEffect(overrides: Partial<EffectResult> = {}): EffectResult {
  return {
    changed: true,
    text: 'Scaled 2 -> 5',
    moved: { name: 'replicas', before: 2, after: 5 },
    handle: {},
    ...overrides,
  };
}
