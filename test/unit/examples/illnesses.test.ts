import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findIllnesses } from '../../../examples/runner/find-illnesses.ts';
import type { ObservedRemediation } from '../../../examples/runner/observe/remediation-watch.ts';
import { unmetExpectations } from '../../../examples/runner/report/unmet.ts';
import { mergeData } from '../../../examples/runner/stack/policy.ts';

const illnesses = await findIllnesses();

describe('the illnesses', () => {
  it.for(illnesses)('$name says what it is, its danger, and what is to be seen', async ({ folder, name }) => {
    const text = await readFile(join(folder, 'README.md'), 'utf8');
    expect(text).toContain(`make example NAME=${name}`);
    expect(text).toContain('## Danger');
    expect(text).toContain('## What is to be seen');
  });

  it('are all in the table of the examples', async () => {
    const table = await readFile(join(import.meta.dirname, '..', '..', '..', 'examples', 'README.md'), 'utf8');
    const rows = [...table.matchAll(/^\| \[`([a-z0-9-]+)`\]\(\1\/README\.md\)/gm)].map(([, name]) => name);
    expect(rows.toSorted()).toEqual(illnesses.map(({ name }) => name));
  });

  it('have an alert each', () => {
    expect(illnesses.filter(({ alerts }) => alerts.length === 0)).toEqual([]);
  });
});

describe('what examples override', () => {
  it('is put together key by key, where they say the same of what both speak of', () => {
    const one = { modes: { a: 'auto' }, catalogue: { A: { cures: [1] } } };
    expect(mergeData(one, { modes: { b: 'auto' }, catalogue: { A: { cures: [1] } } }, 'f')).toEqual({
      modes: { a: 'auto', b: 'auto' },
      catalogue: { A: { cures: [1] } },
    });
    expect(() => mergeData(one, { catalogue: { A: { cures: [2] } } }, 'f')).toThrow('f: catalogue.A.cures');
  });
});

describe('how an example should end', () => {
  const ended = (outcome: string, { action, fault }: { action?: string; fault?: string } = {}) =>
    ({
      workflowId: outcome,
      result: {
        outcome,
        summary: 'as it is',
        ...(action === undefined ? {} : { planned: { action }, effect: { changed: true } }),
        ...(fault === undefined ? {} : { fault: { type: fault } }),
      },
    }) as unknown as ObservedRemediation;

  it('is met by the outcome, by what was done, and by who was called', () => {
    const expected = { outcome: 'remediated', action: 'scale', paged: false } as const;
    expect(
      unmetExpectations(expected, { remediations: [ended('remediated', { action: 'scale' })], paged: false }),
    ).toEqual([]);
    expect(unmetExpectations(expected, { remediations: [ended('remediated')], paged: true })).toEqual([
      'what was done is null, should be scale',
      'the on-call paged is true, should be false',
    ]);
    expect(unmetExpectations(expected, { remediations: [], paged: false })).toEqual([
      'the number of remediations is 0, should be 1',
    ]);
  });

  it('is met by any of several faults, where a moment decides which it is', () => {
    const expected = { outcome: 'escalated', fault: ['TargetChanged', 'LeverMoved'], paged: true } as const;
    const unmet = (fault?: string) =>
      unmetExpectations(expected, {
        remediations: [ended('escalated', fault === undefined ? {} : { fault })],
        paged: true,
      });
    expect(unmet('LeverMoved')).toEqual([]);
    expect(unmet('TargetChanged')).toEqual([]);
    expect(unmet('NoRoom')).toEqual(['the fault is NoRoom, should be TargetChanged or LeverMoved']);
    expect(unmet()).toEqual(['the fault is null, should be TargetChanged or LeverMoved']);
  });

  it('is of the one that acts where others join it', () => {
    const expected = {
      outcome: 'remediated',
      action: 'scale',
      others: { count: 1, outcomes: ['joined'] },
      paged: false,
    } as const;
    const remediations = [ended('joined'), ended('remediated', { action: 'scale' })];
    expect(unmetExpectations(expected, { remediations, paged: false })).toEqual([]);
    expect(unmetExpectations(expected, { remediations: [...remediations, ended('escalated')], paged: false })).toEqual([
      'the number of remediations is 3, should be 2',
      'the outcome of escalated is escalated (as it is), should be joined',
    ]);
    const some = { ...expected, others: { count: 9, atLeast: 1, outcomes: ['joined'] } } as const;
    expect(unmetExpectations(some, { remediations, paged: false })).toEqual([]);
    expect(unmetExpectations(some, { remediations: remediations.slice(1), paged: false })).toEqual([
      'the number of remediations is 1, should be 2 to 10',
    ]);
  });

  it('is met by what a human is told', () => {
    const expected = { outcome: 'escalated', tells: /^payments: 0\.9/m, paged: true } as const;
    const told = (lines: readonly string[]) => {
      const { result, workflowId } = ended('escalated');
      const diagnosis = { takenAt: '', findings: [], sections: [{ part: 'signals' as const, lines }], gaps: [] };
      return [{ workflowId, result: { ...result, diagnosis } } as unknown as ObservedRemediation];
    };
    expect(unmetExpectations(expected, { remediations: told(['errors: 1', 'payments: 0.93']), paged: true })).toEqual(
      [],
    );
    expect(unmetExpectations(expected, { remediations: told(['errors: 1']), paged: true })).toEqual([
      expect.stringContaining('the human is not told /^payments'),
    ]);
  });
});
