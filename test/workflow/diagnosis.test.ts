import { describe, expect, it } from 'vitest';
import { APPROVE_UPDATE, RESOLVED_SIGNAL } from '../../src/contract/remediation.ts';
import type { DiagnoseRequest } from '../../src/activities/diagnosis/request.ts';
import type { Message } from '../../src/activities/notifications.ts';
import type { Diagnosis } from '../../src/domain/diagnosis/diagnosis.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { aDecision, aPlan } from '../support/plans.ts';
import { FakeWorld, report, type Script } from './fake-world.ts';
import { withRemediation } from './harness.ts';

const seen: Diagnosis = {
  takenAt: '2026-11-24T12:00:00Z',
  of: 'Deployment production/order-service',
  findings: ['2 of 3 Pods: container main waits: CrashLoopBackOff'],
  sections: [{ part: 'logs', lines: ['panic: no such table'] }],
  gaps: [],
};
const looks: Script = { diagnose: () => Promise.resolve(seen) };
const unhelped: Script = {
  verifyRemediation: () =>
    Promise.resolve(report({ verdict: 'bad', failure: 'VerificationFailed', summary: 'still slow' })),
};
const asksPeople: Script = { decide: () => Promise.resolve(aDecision(aPlan({ approval: {} }))) };
const forHuman: Script = {
  decide: () => Promise.resolve({ verdict: 'human', rule: 'node_down', reason: 'look at it', policyRevision: 'r1' }),
};

const told = (world: FakeWorld) =>
  world.calls.filter(({ name }) => name === 'notify').map(({ input }) => (input as Message).notice);
const order = (world: FakeWorld, ...names: string[]) => world.names.filter((name) => names.includes(name));

describe('a diagnosis', () => {
  it('is taken for the human who is told that a cure failed, recorded, and told in short', async () => {
    const world = new FakeWorld({ ...looks, ...unhelped });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'rolled_back', diagnosis: seen });
      expect(told(world).at(-1)?.details).toContain('Seen: 2 of 3 Pods: container main waits: CrashLoopBackOff');
      // Logs are for the report and the console.
      expect(JSON.stringify(told(world))).not.toContain('panic');
      const [request] = world.calls
        .filter(({ name }) => name === 'diagnose')
        .map(({ input }) => input as DiagnoseRequest);
      expect(request).toMatchObject({ target: { kind: 'Deployment', name: 'order-service' } });
      expect(request?.queries?.[0]).toMatchObject({ name: 'p95 latency' });
    });
  });

  it('is never on the way to an effect, nor taken for a cure', async () => {
    const world = new FakeWorld(looks);
    await withRemediation(world, async ({ handle, status, result }) => {
      await expect.poll(async () => (await status()).step, { timeout: PATIENCE_MS }).toBe('watching');
      await handle.signal(RESOLVED_SIGNAL, {});
      expect((await result()).outcome).toBe('remediated');
      expect(world.names).not.toContain('diagnose');
    });
  });

  it('comes with the request for approval, and not again with the refusal that follows', async () => {
    const world = new FakeWorld({ ...looks, ...asksPeople });
    await withRemediation(world, async ({ handle, result, status }) => {
      await expect.poll(() => told(world).length, { timeout: PATIENCE_MS }).toBe(1);
      expect(told(world)[0]).toMatchObject({ kind: 'approval_requested' });
      expect(told(world)[0]?.details.at(-1)).toMatch(/^Seen: /);
      expect((await status()).diagnosis).toEqual(seen);
      const vote = { by: 'ada', roles: ['approver'], reason: 'no', via: 'cli' };
      await handle.executeUpdate('reject', { args: [vote] });
      expect((await result()).outcome).toBe('denied');
      expect(order(world, 'diagnose')).toHaveLength(1);
    });
  });

  it('that cannot be had does not keep an approval from being asked for', async () => {
    const world = new FakeWorld({ ...asksPeople, diagnose: () => Promise.reject(new Error('no such server')) });
    await withRemediation(world, async ({ handle, status, result }) => {
      await expect.poll(async () => (await status()).step, { timeout: PATIENCE_MS }).toBe('awaiting_approval');
      const vote = { by: 'ada', roles: ['approver'], reason: 'yes', via: 'cli' };
      await handle.executeUpdate(APPROVE_UPDATE, { args: [vote] });
      await expect.poll(async () => (await status()).step, { timeout: PATIENCE_MS }).toBe('watching');
      await handle.signal(RESOLVED_SIGNAL, {});
      expect((await result()).outcome).toBe('remediated');
      expect(told(world).map(({ kind }) => kind)).toContain('approval_requested');
    });
  });

  it('is taken where no plan was made, of what the alert names', async () => {
    const world = new FakeWorld({ ...looks, ...forHuman });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'escalated', diagnosis: seen });
      const [request] = world.calls
        .filter(({ name }) => name === 'diagnose')
        .map(({ input }) => input as DiagnoseRequest);
      expect(request?.target).toBeUndefined();
      expect(request?.labels).toMatchObject({ alertname: expect.any(String) as string });
    });
  });

  it('that fails changes nothing about the end', async () => {
    const failing = new FakeWorld({ ...unhelped, diagnose: () => Promise.reject(new Error('no such server')) });
    const end = await withRemediation(failing, ({ result }) => result());
    const plain = await withRemediation(new FakeWorld(unhelped), ({ result }) => result());
    expect(end).toMatchObject({ outcome: plain.outcome, summary: plain.summary, notified: ['on-call'] });
    expect(end.diagnosis).toBeUndefined();
    expect(told(failing).at(-1)?.details.join('\n')).not.toContain('Seen:');
  });

  it('does not hold the undo up: it is begun beside it', async () => {
    let isUndone = false;
    let wasUndone: boolean | undefined;
    const world = new FakeWorld({
      ...unhelped,
      undoEffect: () => {
        isUndone = true;
        return Promise.resolve({ status: 'restored', text: 'put back to 2' });
      },
      diagnose: async () => {
        await expect.poll(() => isUndone, { timeout: PATIENCE_MS }).toBe(true);
        wasUndone = isUndone;
        return seen;
      },
    });
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe('rolled_back');
      expect(wasUndone).toBe(true);
    });
  });
});
