import { expect, it } from 'vitest';
import { RESOLVED_SIGNAL } from '../../src/contract/remediation.ts';
import { parseRemediationId } from '../../src/domain/alert/parse-remediation-id.ts';
import { endedRemediations } from '../../src/workers/store-ports.ts';
import { FakeWorld } from './fake-world.ts';
import { withRemediation } from './harness.ts';

it('a store that was restored is told what a remediation that has ended was granted, and how it left', async () => {
  const begunAt = Date.now();
  const world = new FakeWorld();
  await withRemediation(world, async ({ handle, status, result, client }) => {
    const { workflowId } = handle;
    const cluster = parseRemediationId(workflowId)?.cluster ?? '';
    const ended = async () => {
      const all = await endedRemediations(client, { cluster, since: begunAt });
      return all.filter(({ leave }) => leave.remediationId === workflowId);
    };
    await expect.poll(async () => (await status()).step).toBe('watching');
    expect(await ended()).toEqual([]);
    await handle.signal(RESOLVED_SIGNAL, {});
    expect(await result()).toMatchObject({ outcome: 'remediated' });
    await expect.poll(ended).toMatchObject([
      {
        asked: { remediationId: workflowId, target: 'default/production/Deployment/order-service', action: 'scale' },
        leave: { what: 'all', outcome: 'remediated', acted: true, keepMoney: true, audit: [] },
      },
    ]);
    expect((await ended())[0]?.leave.actedAt).toBeTypeOf('number');
    const later = await endedRemediations(client, { cluster, since: Date.now() + 3_600_000 });
    expect(later.filter(({ leave }) => leave.remediationId === workflowId)).toEqual([]);
  });
});
