import { describe, expect, it } from 'vitest';
import { createAdmissionActivities } from '../../../src/activities/admission.ts';
import type { AdmitRequest } from '../../../src/domain/admission/admission.ts';
import { createCalendar } from '../../../src/domain/windows/calendar.ts';
import { anAlert } from '../../support/alerts.ts';
import { aPlan, aPlannedChange } from '../../support/plans.ts';
import { someWindows } from '../../support/windows.ts';

const [BEFORE, DURING] = ['2026-11-26T16:59:59Z', '2026-11-27T12:00:00Z'].map(Date.parse) as [number, number];
const planned = aPlannedChange();
const decision = { rule: 'r', verdict: 'plan', mode: 'auto', policyRevision: '1' } as const;
const ask = {
  remediationId: 'a',
  alert: anAlert(),
  plan: aPlan(),
  decision,
  prepared: { planned },
};
const fenced = { remediationId: 'a', target: 't', epoch: 1 };
const change = { namespace: 'production', action: 'scale' };

function activities(now: { at: number }, windows: Record<string, unknown> = { namespaces: ['production'] }) {
  const asked: AdmitRequest[] = [];
  const made = createAdmissionActivities({
    admission: {
      admit: (request) => {
        asked.push(request);
        return Promise.resolve({ status: 'granted', epoch: 1 });
      },
      changes: () => Promise.resolve([]),
      fence: () => Promise.resolve({ open: true }),
      leave: () => Promise.resolve(),
    },
    countWorkloads: () => Promise.reject(new Error('nothing was in the way')),
    calendar: createCalendar(someWindows(windows)),
    metrics: { guardRefused: () => undefined },
    clock: () => now.at,
  });
  return { ...made, asked };
}

describe('windows of the settings', () => {
  it('are told to the store with what is asked, for what they cover and as long as they last', async () => {
    const now = { at: BEFORE };
    const { admit, asked } = activities(now);
    await admit(ask);
    now.at = DURING;
    await admit(ask);
    await admit({ ...ask, only: 'target' });
    expect(asked.map(({ window }) => window?.reason)).toEqual([undefined, 'window', 'window']);
    const elsewhere = activities(now, { namespaces: ['test'] });
    await elsewhere.admit(ask);
    expect(elsewhere.asked[0]).not.toHaveProperty('window');
  });

  it('say nothing of what changes nothing, has acted already, or gives back', async () => {
    const { admit, asked } = activities({ at: DURING });
    await admit({ ...ask, prepared: { ...ask.prepared, planned: { ...planned, isDone: true } } });
    await admit({ ...ask, hasActed: true });
    await admit({ ...ask, lends: true });
    expect(asked.map(({ window }) => window)).toEqual([undefined, undefined, undefined]);
  });

  it('are looked at again by the fence: one that has begun since closes it', async () => {
    const now = { at: BEFORE };
    const { fence } = activities(now);
    expect(await fence({ ...fenced, change })).toEqual({ open: true });
    now.at = DURING;
    expect(await fence({ ...fenced, change })).toMatchObject({ open: false, reason: 'window' });
    // What goes on with what it had begun is not stopped half-way.
    expect(await fence(fenced)).toEqual({ open: true });
  });
});
