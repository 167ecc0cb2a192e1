import { describe, expect, it } from 'vitest';
import { earlierAct, earlierPrelude } from '../../../src/activities/earlier-act.ts';
import type { ScheduledActivity } from '../../../src/clients/temporal/cut-off-activities.ts';
import { aPlannedChange } from '../../support/plans.ts';

const planned = aPlannedChange();
const result = { changed: true, text: 'Scaled 2 -> 5', handle: {} };
const input = { remediationId: 'remediation/default/Slow/00000000000000aa/1', epoch: 3, planned };
const act: ScheduledActivity = { type: 'scale', input };

function fenced(mayHaveActed: boolean): ScheduledActivity {
  return { ...act, failure: { type: 'FenceClosed', details: ['paused', mayHaveActed] } };
}

describe('what runs that were reset have done', () => {
  it('is nothing where no effect was scheduled', () => {
    expect(earlierAct([])).toBeUndefined();
    expect(earlierAct([{ type: 'observeEffect', input: { planned }, result: { text: 'ready' } }])).toBeUndefined();
  });

  it('is the effect, with its result where that was heard', () => {
    expect(earlierAct([act])).toEqual({ planned });
    expect(earlierAct([{ ...act, result }])).toEqual({ planned, result });
  });

  it('is nothing where the fence let nothing through, unless an attempt before may have acted', () => {
    expect(earlierAct([fenced(false)])).toBeUndefined();
    expect(earlierAct([fenced(true)])).toEqual({ planned });
  });

  it('may be the effect of any other failure', () => {
    expect(earlierAct([{ ...act, failure: { type: 'KubernetesUnavailable', details: [] } }])).toEqual({ planned });
  });

  it('is the last effect, where an earlier one was fenced off and something else was planned since', () => {
    const other = aPlannedChange({ title: 'scale Deployment shop/api 3 -> 6' });
    const later = { type: 'scale', input: { ...input, planned: other }, result };
    expect(earlierAct([fenced(false), later])).toEqual({ planned: other, result });
  });

  it('has moved on with the steps of a lease that are done', () => {
    const step = (to: number): ScheduledActivity => ({ ...act, input: { ...input, step: { from: to + 1, to } } });
    const steps = [{ ...step(4), result }, { ...step(3), result }, step(2)];
    expect(earlierAct([{ ...act, result }, ...steps])).toEqual({ planned, result, value: 3 });
  });
});

describe('the prelude that runs that were reset have left standing', () => {
  const relaxed = aPlannedChange({ action: 'relax_pdb', uid: 'of-the-budget' });
  const prelude: ScheduledActivity = { type: 'relax_pdb', input: { ...input, planned: relaxed, prelude: true } };
  const undo = (of: typeof planned): ScheduledActivity => ({ type: 'undoEffect', input: { planned: of } });

  it('is no act of the plan', () => {
    expect(earlierAct([{ ...prelude, result }])).toBeUndefined();
    expect(earlierAct([{ ...act, result }, prelude])).toEqual({ planned, result });
    expect(earlierPrelude([act])).toBeUndefined();
  });

  it('is told with its grant, and its result where that was heard', () => {
    expect(earlierPrelude([prelude, act])).toEqual({ planned: relaxed, epoch: 3 });
    expect(earlierPrelude([{ ...prelude, result }])).toEqual({ planned: relaxed, epoch: 3, result });
  });

  it('is none where it was given back, as far as that was heard', () => {
    const found = { status: 'restored', text: 'put back' };
    expect(earlierPrelude([prelude, { ...undo(relaxed), result: found }])).toBeUndefined();
    expect(earlierPrelude([prelude, undo(relaxed)])).toEqual({ planned: relaxed, epoch: 3 });
    expect(earlierPrelude([prelude, { ...undo(planned), result: found }])).toEqual({ planned: relaxed, epoch: 3 });
  });
});
