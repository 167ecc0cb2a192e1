import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { guardsClauseSchema } from '../../src/domain/plan/guards-clause.ts';
import { waitFor } from '../../dev/stack/index.ts';
import {
  budgetLedgerId,
  clusterGuardId,
  GUARD_STATE_QUERY,
  PAUSE_SIGNAL,
  RESET_SIGNAL,
  RESUME_SIGNAL,
  targetGuardId,
  type TargetGuardView,
} from '../../src/contract/guards.ts';
import { bundleGuards, type GuardWorld, withGuards } from '../support/guards/guard-world.ts';

/** Keeps one history under a name. */
type Save = (name: string, json: string) => Promise<void>;

/** Records a guard of each kind at everything it does: answers, turns, ends, probes, a new run, its own end. */
export async function recordGuards({ address, save }: { address: string; save: Save }): Promise<void> {
  const bundle = await bundleGuards();
  await withGuards({ address, bundle, tuning: { probeSeconds: 1, maxUpdates: 8 } }, (world) =>
    targetGuards(world, save),
  );
  await withGuards({ address, bundle, tuning: { rememberSeconds: 1 } }, (world) => idleGuard(world, save));
  const limits = { maxConcurrent: 1 };
  await withGuards({ address, bundle, limits, tuning: { probeSeconds: 1 } }, (world) => clusterGuard(world, save));
  await withGuards({ address, bundle, daily: 100, tuning: { probeSeconds: 1 } }, (world) => ledger(world, save));
}

const clause = (overrides: object = {}) => guardsClauseSchema.parse({ cooldownSeconds: 0, ...overrides });

async function targetGuards(world: GuardWorld, save: Save): Promise<void> {
  const guard = world.client.workflow.getHandle(targetGuardId(world.target('api')));
  const state = () => guard.query<TargetGuardView>(GUARD_STATE_QUERY);
  const leader = await world.start({ stays: true, clause: clause() });
  await until('a leader', async () => (await leader.heard()).target !== undefined);
  const joined = await world.start({ clause: clause() });
  const waiting = await world.start({ clause: clause({ onBusy: 'wait' }), stays: true });
  await until('two more', async () => (await state()).joined + (await state()).queue.length === 2);
  await leader.finish();
  await joined.result();
  await until('the next', async () => (await waiting.heard()).worked);
  const { id } = waiting;
  await world.activities.yieldTarget({ remediationId: id, target: world.target('api'), actedAt: Date.now() });
  const successor = await world.start({ clause: clause() });
  await until('a successor', async () => (await state()).queue.length === 1);
  await waiting.handle.terminate('as by a human');
  await successor.result();
  await guard.signal(RESET_SIGNAL, { by: 'ann', reason: 'for the record' });
  const { runId } = await guard.describe();
  for (let i = 0; (await guard.describe()).runId === runId && i < 20; i += 1) {
    await (await world.start({ clause: clause() })).result();
  }
  await keep(world.client.workflow.getHandle(guard.workflowId, runId), { name: 'target-guard-first-run', save });
  await keep(guard, { name: 'target-guard-next-run', save });
}

async function idleGuard(world: GuardWorld, save: Save): Promise<void> {
  await (await world.start({ clause: clause({ flapSeconds: 0 }) })).result();
  const guard = world.client.workflow.getHandle(targetGuardId(world.target('api')));
  await guard.result();
  await keep(guard, { name: 'target-guard-ended', save });
}

async function clusterGuard(world: GuardWorld, save: Save): Promise<void> {
  const guard = world.client.workflow.getHandle(clusterGuardId(world.cluster));
  const guards = { target: false, cluster: true, budget: false };
  const holder = await world.start({ guards, stays: true });
  await until('a holder', async () => (await holder.heard()).worked);
  const waiting = await world.start({ guards, stays: true });
  await until('another', async () => (await waiting.heard()).cluster !== undefined);
  await guard.signal(PAUSE_SIGNAL, { by: 'ann', reason: 'for the record' });
  await guard.signal(RESUME_SIGNAL, { by: 'ann', reason: 'for the record' });
  await holder.finish();
  await until('its turn', async () => (await waiting.heard()).worked);
  const last = await world.start({ guards });
  await waiting.handle.terminate('as by a human');
  await last.result();
  await keep(guard, { name: 'cluster-guard', save });
}

async function ledger(world: GuardWorld, save: Save): Promise<void> {
  const guards = { target: false, cluster: false, budget: true };
  for (const acted of [true, false]) {
    await (await world.start({ guards, end: { outcome: 'remediated', acted, text: 'over' } })).result();
  }
  const vanishing = await world.start({ guards, stays: true });
  await until('a reservation', async () => (await vanishing.heard()).worked);
  await vanishing.handle.terminate('as by a human');
  const handle = world.client.workflow.getHandle(budgetLedgerId({ budget: 'default', scopeKey: 'all' }));
  await until('the probe', async () => {
    const { events } = await handle.fetchHistory();
    return events?.some((event) => event.activityTaskCompletedEventAttributes != null) === true;
  });
  await keep(handle, { name: 'budget-ledger', save });
}

async function keep(handle: WorkflowHandle, { name, save }: { name: string; save: Save }): Promise<void> {
  await save(name, historyToJSON(await handle.fetchHistory()));
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  await waitFor(condition, { what, timeoutMs: 60_000, intervalMs: 100 });
}
