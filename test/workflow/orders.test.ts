import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { createTemporalStarter } from '../../src/api/webhook/temporal-starter.ts';
import { createOrderActivities } from '../../src/activities/orders.ts';
import { makeOrderKeys, OrderFile, trustedOrderKeys } from '../../src/clients/orders/order-keys.ts';
import { createOrderSigner, type OrderSigner } from '../../src/clients/orders/order-signer.ts';
import { createOrderVerifier } from '../../src/clients/orders/order-verifier.ts';
import {
  APPROVE_UPDATE,
  REJECT_UPDATE,
  RESOLVED_SIGNAL,
  UNDO_UPDATE,
  WAKE_SIGNAL,
} from '../../src/contract/remediation.ts';
import type { AuditEntry } from '../../src/domain/audit/audit-entry.ts';
import { Order } from '../../src/domain/orders/seal.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { unsigned } from '../support/orders.ts';
import { aDecision, aPlan } from '../support/plans.ts';
import { scratchFolder } from '../unit/stack/scratch.ts';
import { failedBefore, FakeWorld, type Script } from './fake-world.ts';
import { runRemediation, type Running } from './run-remediation.ts';

let folder: string;
let refused: AuditEntry[];

beforeEach(async () => {
  folder = join(await scratchFolder(), 'orders');
  refused = [];
  makeOrderKeys({ folder });
});

/** A remediation that the API has started. */
function withRemediation<T>(world: FakeWorld, test: (running: Running) => Promise<T>): Promise<T> {
  return runRemediation({ address: inject('temporalAddress'), world, sign: createOrderSigner({ folder }) }, test);
}

/** Votes are verified as a worker does it; two people have to say yes. */
function asking(): FakeWorld {
  const decision = aDecision(aPlan({ approval: { quorum: 2, roles: ['sre'] } }));
  return verifying({ decide: () => Promise.resolve(decision) });
}

/** Starts and orders are verified as a worker does it. */
function verifying(script: Script = {}): FakeWorld {
  const { verifyOrder } = createOrderActivities({
    verifyOrder: createOrderVerifier({ folder }),
    audit: { append: (entries) => Promise.resolve(void refused.push(...entries)) },
    logger: createLogger({ level: 'error' }),
  });
  return new FakeWorld({ verifyOrder, ...script });
}

const isSignal = ({ eventType }: { eventType?: unknown }) =>
  Number(eventType) === 26 || String(eventType).includes('SIGNALED');
const said = (by: string) => ({ by, roles: ['sre'], reason: 'looks right', via: 'http' as const });
const step = ({ status }: Running) => expect.poll(async () => (await status()).step);
const waiting = async (running: Running) => {
  await step(running).toBe('awaiting_approval');
  return (await running.status()).approval?.requestedAt ?? '';
};
const votes = async (running: Running) => (await running.status()).approval?.votes.map(({ by }) => by);
const send = (running: Running, update: string, input: object) =>
  running.handle.executeUpdate(update, { args: [input] });
const signed = (running: Running, by: string, round: string, lastsMs = 60_000) =>
  createOrderSigner({ folder })({
    ...{ order: Order.Approve, remediationId: running.handle.workflowId, round, said: said(by), lastsMs },
  });

describe('what comes directly through Temporal', () => {
  it('fills no quorum with names that were made up, is recorded, and is told', async () => {
    const world = asking();
    await withRemediation(world, async (running) => {
      await waiting(running);
      for (const by of ['ann', 'bob']) {
        await expect(send(running, APPROVE_UPDATE, said(by))).rejects.toThrow(WorkflowUpdateFailedError);
      }
      await expect(send(running, REJECT_UPDATE, said('eve'))).rejects.toThrow(WorkflowUpdateFailedError);
      await expect(send(running, UNDO_UPDATE, { by: 'eve', reason: 'mine' })).rejects.toThrow(
        WorkflowUpdateFailedError,
      );

      expect(await votes(running)).toEqual([]);
      expect((await running.status()).step).toBe('awaiting_approval');
      expect(world.names).not.toContain('scale');
      expect(refused.map(({ kind, actor, data }) => [kind, actor, data['claimed'], data['reason']])).toEqual(
        ['ann', 'bob', 'eve', 'eve'].map((name) => ['access', 'unknown', name, 'unsigned']),
      );
      const { timeline } = await running.status();
      expect(timeline.filter(({ text }) => text.startsWith('Not counted'))).toHaveLength(4);
      const told = () => world.calls.filter(({ name }) => name === 'notify').map(({ input }) => input);
      await expect.poll(() => told().length).toBe(2);
      expect(told()).toMatchObject([
        { notice: { kind: 'approval_requested' } },
        { notice: { kind: 'order_forged', summary: expect.stringContaining('in the name of ann') as string } },
      ]);
      await running.handle.terminate();
    });
  });

  it('ends no remediation as resolved', async () => {
    const world = asking();
    await withRemediation(world, async (running) => {
      await waiting(running);
      const { workflowId: remediationId } = running.handle;
      await running.handle.signal(RESOLVED_SIGNAL, { startsAt: '2026-08-01T12:00:00Z' });
      const sign = createOrderSigner({ folder });
      const other = sign({ order: Order.Resolved, remediationId: `${remediationId}0`, said: {} });
      await running.handle.signal(RESOLVED_SIGNAL, other);
      await expect.poll(() => refused.map(({ data }) => data['reason'])).toEqual(['unsigned', 'other_remediation']);
      expect(await running.status()).toMatchObject({ alertResolved: false, step: 'awaiting_approval' });

      await running.handle.signal(RESOLVED_SIGNAL, sign({ order: Order.Resolved, remediationId, said: {} }));
      expect((await running.result()).outcome).toBe('already_healthy');
    });
  });

  it('is neither looked into nor recorded without end', async () => {
    await withRemediation(asking(), async (running) => {
      const round = await waiting(running);
      for (let n = 0; n < 14; n += 1) {
        await expect(send(running, APPROVE_UPDATE, said(`name-${n}`))).rejects.toThrow();
      }
      const forged = { ...signed(running, 'ann', round), by: 'eve' };
      await expect(send(running, APPROVE_UPDATE, forged)).rejects.toThrow();
      expect(refused).toHaveLength(10);
      await send(running, APPROVE_UPDATE, signed(running, 'ann', round));
      expect(await votes(running)).toEqual(['ann']);
      await running.handle.terminate();
    });
  });
});

describe('a remediation that is started directly at Temporal', () => {
  const decided = aDecision(aPlan({ action: 'scale' }));
  const forgeries: Record<string, (running: { id: string }) => { sign: OrderSigner; script?: Script }> = {
    'with a decision of its own': () => ({ sign: unsigned }),
    'without a decision': () => ({ sign: unsigned, script: { decide: () => Promise.resolve(decided) } }),
    'for a human': () => ({
      sign: unsigned,
      script: { decide: () => Promise.resolve({ verdict: 'human', rule: 'r', reason: 'pay me', policyRevision: 'x' }) },
    }),
    'with the signature of another remediation': () => ({
      sign: (order) => createOrderSigner({ folder })({ ...order, remediationId: `${order.remediationId}1` }),
    }),
    'with the signature of another decision': () => ({
      sign: (order) => {
        const signed = createOrderSigner({ folder })(order);
        return { ...signed, decision: aDecision(aPlan({ parameters: { add: 97, max: 99 } })) };
      },
    }),
    'with the signature of another order': () => ({
      sign: (order) => createOrderSigner({ folder })({ ...order, order: Order.Approve }),
    }),
  };

  it.each(Object.keys(forgeries))('does nothing, holds no page, is recorded, and is told: %s', async (name) => {
    const { sign, script } = forgeries[name]?.({ id: name }) ?? { sign: unsigned };
    const world = verifying(script);
    const address = inject('temporalAddress');
    const holdsPage = { ...decided, holdsPage: true };
    const input = script === undefined ? { input: { decision: holdsPage } } : {};
    await runRemediation({ address, world, sign, ...input }, async ({ result }) => {
      const { outcome, summary } = await result();
      expect({ outcome, summary }).toEqual({
        outcome: 'escalated',
        summary: expect.stringContaining('does not count') as string,
      });
    });
    expect(world.names.filter((called) => ['admit', 'scale', 'holdPage', 'decide'].includes(called))).toEqual([]);
    expect(refused.map(({ kind }) => kind)).toContain('access');
    const told = world.calls.filter(({ name: called }) => called === 'notify').map(({ input: notice }) => notice);
    expect(told).toMatchObject([{ notice: { kind: 'escalated' } }]);
  });

  it('acts where the API has started it', async () => {
    const world = verifying();
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.terminate();
    });
    expect(world.names).toContain('scale');
    expect(refused).toEqual([]);
  });

  it('says no all-clear: no page is closed by it', async () => {
    const world = verifying(failedBefore);
    await withRemediation(world, async ({ client, taskQueue, alert, handle, result }) => {
      expect((await result()).outcome).toBe('rolled_back');
      const told = () => world.names.filter((called) => called === 'notify').length;
      const before = told();
      const said = { remediationId: handle.workflowId, alert: { ...alert, status: 'resolved' as const } };
      const forged: unknown = await client.workflow.execute('allClear', {
        workflowId: 'mine',
        taskQueue,
        args: [said],
      });
      expect({ forged, told: told() - before }).toEqual({ forged: [], told: 0 });
      const starter = createTemporalStarter({ client, sign: createOrderSigner({ folder }), taskQueue });
      expect(await starter.resolve(said)).toBe('signalled');
      await expect.poll(told).toBe(before + 1);
    });
  });
});

describe('wake-ups, which anybody who reaches Temporal can send', () => {
  it('bring nothing about: what holds is asked of the store', async () => {
    const world = asking();
    await withRemediation(world, async (running) => {
      await waiting(running);
      for (const kind of ['turn', 'ended', 'paused', 'yield', 'approved'] as const) {
        await running.handle.signal(WAKE_SIGNAL, { kind, to: 'remediation/of/mine/1' });
      }
      await expect.poll(async () => (await running.handle.fetchHistory()).events?.filter(isSignal).length).toBe(5);
      expect(await running.status()).toMatchObject({ step: 'awaiting_approval', approval: { votes: [] } });
      expect(world.names).not.toContain('scale');
      expect(world.names).not.toContain('leave');
      await running.handle.terminate();
    });
  });
});

describe('a vote that the API has signed', () => {
  it('counts once, for its remediation, its request and its time', async () => {
    await withRemediation(asking(), async (running) => {
      const round = await waiting(running);
      const { workflowId } = running.handle;
      const vote = signed(running, 'ann', round);
      const sign = createOrderSigner({ folder });
      const ofAnother = sign({ order: Order.Approve, remediationId: `${workflowId}0`, round, said: said('bob') });
      for (const useless of [
        ofAnother,
        signed(running, 'bob', '2026-08-01T12:00:00.000Z'),
        signed(running, 'bob', round, -1),
        { ...vote, by: 'bob' },
      ]) {
        await expect(send(running, APPROVE_UPDATE, useless)).rejects.toThrow(WorkflowUpdateFailedError);
      }
      expect(refused.map(({ data }) => data['reason'])).toEqual([
        ...['other_remediation', 'other_round', 'expired', 'forged'],
      ]);
      await send(running, APPROVE_UPDATE, vote);
      await expect(send(running, APPROVE_UPDATE, vote)).rejects.toThrow(WorkflowUpdateFailedError);
      expect(await votes(running)).toEqual(['ann']);
      await running.handle.terminate();
    });
  });

  it('counts beside one of the next key, in the middle of an approval', async () => {
    const world = asking();
    await withRemediation(world, async (running) => {
      const round = await waiting(running);
      await send(running, APPROVE_UPDATE, signed(running, 'ann', round));
      const late = signed(running, 'eve', round);
      rmSync(join(folder, OrderFile.SigningKey));
      makeOrderKeys({ folder });
      const newest = trustedOrderKeys({ folder }).at(-1) ?? '';
      const beforeOldIsGone = signed(running, 'bob', round);
      writeFileSync(join(folder, OrderFile.PublicKeys), newest);
      await expect(send(running, APPROVE_UPDATE, late)).rejects.toThrow(WorkflowUpdateFailedError);
      await send(running, APPROVE_UPDATE, beforeOldIsGone);
      await step(running).toBe('watching');
      expect(await votes(running)).toEqual(['ann', 'bob']);
      await running.handle.terminate();
    });
  });
});
