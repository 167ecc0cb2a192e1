import { expect, it } from 'vitest';
import { createPreparation, type PreparationParts, type PrepareInput } from '../../../src/activities/preparation.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
import { anAlert } from '../../support/alerts.ts';
import { aPlan } from '../../support/plans.ts';

it('a target that is refused ends the look, and leaves no rejection behind that would end the process', async () => {
  const left: unknown[] = [];
  const note = (reason: unknown) => left.push(reason);
  process.on('unhandledRejection', note);
  try {
    const refused = new MendloopError('TargetNotEnabled', 'the namespace is not opted in');
    const parts = {
      planChange: () => Promise.reject(refused),
      source: { check: () => Promise.resolve({ status: 'firing', text: 'it fires' }) },
      measureBaseline: () => Promise.resolve({}),
      gatherEvidence: () => Promise.resolve({}),
      lookAtChecks: () => Promise.resolve(undefined),
      countWorkloads: () => Promise.resolve(1),
    } as unknown as PreparationParts;
    const input = { alert: anAlert(), plan: aPlan(), withoutEvidence: true } as unknown as PrepareInput;
    const look = createPreparation(parts).look(input, new AbortController().signal);
    await expect(look).rejects.toBe(refused);
    await new Promise(setImmediate); // Node tells of it when all that was ready has run.
    expect(left).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});
