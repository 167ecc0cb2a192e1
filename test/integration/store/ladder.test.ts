import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AdmitRequest, LadderStep } from '../../../src/domain/admission/admission.ts';
import { Players } from '../../support/store/players.ts';
import { aClause, aMoneyAsk, asking, leaving } from '../../support/store/requests.ts';
import { type Bench, pgliteBench, postgresBench } from '../audit/benches.ts';
import { placeStore } from './store-benches.ts';

const target = 'default/shop/Deployment/api';

const rung = (before: LadderStep['before'], more: Partial<AdmitRequest> = {}): AdmitRequest =>
  asking('a', { target, ladder: { rung: 2, before }, ...more });
const money = (amount: number) => aMoneyAsk(amount, { usageMeasuredAt: Date.now() });

describe.each([
  ['PostgreSQL', postgresBench],
  ['PGlite', pgliteBench],
] as const)('a ladder on %s', (_, makeBench) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await makeBench();
  });
  afterAll(async () => {
    await (bench as Bench | undefined)?.[Symbol.asyncDispose]();
  });

  it('keeps its target, frees the money of what was undone, and closes the fence for the grant before', async () => {
    const place = await placeStore(bench);
    const { admission } = await place.open({ send: new Players().send });
    const first = await admission.admit(asking('a', { target, money: money(3) }));
    const second = await admission.admit(rung({ acted: true, keepMoney: false }, { money: money(4) }));
    if (first.status !== 'granted' || second.status !== 'granted') throw new Error('both were to be granted');
    expect(second.epoch).toBeGreaterThan(first.epoch);
    const asked = { remediationId: 'a', target };
    expect(await admission.fence({ ...asked, epoch: first.epoch })).toMatchObject({ open: false });
    expect(await admission.fence({ ...asked, epoch: second.epoch })).toEqual({ open: true });
    // Five run, and four are held: one is left of ten.
    expect(await admission.admit(asking('b', { money: money(2) }))).toMatchObject({ status: 'denied' });
    expect(await admission.admit(asking('c', { money: money(1) }))).toMatchObject({ status: 'granted' });
  });

  it('goes on after its first plan was refused and nothing but the target was asked for', async () => {
    const place = await placeStore(bench);
    const { admission } = await place.open({ send: new Players().send });
    const look = asking('a', { target, only: 'target', sharesWatch: true, looks: true });
    expect(await admission.admit(look)).toMatchObject({ status: 'granted' });
    const pod = 'default/shop/Pod/api-1';
    const next = rung({ acted: false, keepMoney: false }, { target: pod, locks: [target], money: money(1) });
    const second = await admission.admit(next);
    if (second.status !== 'granted') throw new Error(`it is ${second.status}`);
    expect(await admission.fence({ remediationId: 'a', target: pod, epoch: second.epoch })).toEqual({ open: true });
    // Both are its own until it ends.
    expect(await admission.admit(asking('b', { target }))).toMatchObject({ status: 'queued' });
    await admission.leave(leaving('a', { outcome: 'escalated', acted: false }));
    expect(await admission.admit(asking('c', { target: pod }))).toMatchObject({ status: 'granted' });
  });

  it('keeps the money of what stays beside its own, also after an answer that was lost', async () => {
    const place = await placeStore(bench);
    const { admission } = await place.open({ send: new Players().send });
    await admission.admit(asking('a', { target, money: money(3) }));
    const step = rung({ acted: true, keepMoney: true }, { money: money(1) });
    await admission.admit(step);
    expect(await admission.admit(step)).toMatchObject({ status: 'granted' });
    await admission.leave(leaving('a', { outcome: 'rolled_back', acted: true, actedBefore: true, keepMoney: false }));
    expect(await admission.admit(asking('b', { money: money(3) }))).toMatchObject({ status: 'denied' });
    expect(await admission.admit(asking('c', { money: money(2) }))).toMatchObject({ status: 'granted' });
    // The change is known to whoever comes for the target next.
    const next = asking('d', { target, clause: aClause({ cooldownSeconds: 600 }) });
    expect(await admission.admit(next)).toMatchObject({ status: 'refused', reason: 'cooldown' });
  });
});
