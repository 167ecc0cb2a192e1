import { describe, expect, it } from 'vitest';
import { createTemporalStarter } from '../../src/api/webhook/temporal-starter.ts';
import type { Alert } from '../../src/domain/alert/alert.ts';
import { allClearId } from '../../src/contract/remediation.ts';
import { failedBefore, FakeWorld } from './fake-world.ts';
import { withRemediation } from './harness.ts';
import { unsigned } from '../support/orders.ts';

const over = (alert: Alert): Alert => ({ ...alert, status: 'resolved' });

describe('an alert that resolves when its remediation has ended', () => {
  it('is told to those who were told of a failure, once', async () => {
    const world = new FakeWorld(failedBefore);
    await withRemediation(world, async ({ client, taskQueue, alert, handle, result }) => {
      const told = { remediationId: handle.workflowId, alert: over(alert) };
      expect((await result()).outcome).toBe('rolled_back');
      const starter = createTemporalStarter({ client, sign: unsigned, taskQueue });
      expect(await starter.resolve(told)).toBe('signalled');
      expect(await client.workflow.getHandle(allClearId(handle.workflowId)).result()).toEqual(['on-call']);
      expect(await starter.resolve(told)).toBe('ignored');

      const notices = world.calls.filter(({ name }) => name === 'notify').map(({ input }) => input);
      const id = handle.workflowId;
      expect(notices).toMatchObject([
        { idempotencyKey: `${id}/rolled_back/on-call`, notice: { kind: 'rolled_back', remediationId: id } },
        {
          idempotencyKey: `${id}/rolled_back/resolved/on-call`,
          notice: { kind: 'rolled_back', resolved: true, remediationId: id },
        },
      ]);
    });
  });

  it('is told to nobody after an end that was no failure, or of a remediation that there is not', async () => {
    const rejects = new FakeWorld({
      decide: () => Promise.resolve({ verdict: 'reject', rule: '', reason: 'no rule', policyRevision: 'r' }),
    });
    await withRemediation(rejects, async ({ client, taskQueue, alert, handle, result }) => {
      expect((await result()).outcome).toBe('rejected');
      const starter = createTemporalStarter({ client, sign: unsigned, taskQueue });
      const { workflowId: remediationId } = handle;
      expect(await starter.resolve({ remediationId, alert: over(alert) })).toBe('ignored');
      const none = { remediationId: remediationId.replace(/1$/, '7'), alert: over(alert) };
      expect(await starter.resolve(none)).toBe('unknown');
    });
  });
});
