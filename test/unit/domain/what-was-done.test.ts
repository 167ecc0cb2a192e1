import { describe, expect, it } from 'vitest';
import { deedOf, describeMovement } from '../../../src/domain/remediation/what-was-done.ts';
import { anEffect } from '../../support/changes.ts';

describe('what was done', () => {
  it('is nothing before the effect, or where its answer was never heard', () => {
    expect(deedOf({})).toEqual({});
  });

  it('is the effect, with the number that it moved', () => {
    expect(deedOf({ effect: anEffect() })).toEqual({
      effect: 'Scaled 2 -> 5',
      moved: { name: 'replicas', before: 2, after: 5 },
    });
  });

  it('claims nothing that stood there already', () => {
    const effect = anEffect({ changed: false, text: 'It stands at 5 already' });
    expect(deedOf({ effect })).toEqual({ effect: 'It stands at 5 already' });
  });

  it('stays what it was after another has put it back, and says who did', () => {
    const compensation = {
      status: 'left_alone',
      text: 'not ours any more',
      ...{ expected: '5', found: '2', by: 'argocd-controller' },
    } as const;
    expect(deedOf({ effect: anEffect(), compensation })).toMatchObject({
      effect: 'Scaled 2 -> 5',
      undo: 'Left alone: we had set 5, argocd-controller has changed it since, and it is 2 now',
    });
  });
});

it.each([
  [{ before: 2, after: 5 }, '2 → 5'],
  [{ before: 1234, after: 0, unit: 'Pods' }, '1234 → 0 Pods'],
])('%o reads %s', (moved, text) => {
  expect(describeMovement(moved)).toBe(text);
});
