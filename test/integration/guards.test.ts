import { describe, expect, it } from 'vitest';
import { guardsClauseSchema } from '../../src/domain/plan/guards-clause.ts';
import { ensureServers, startTemporalServer, terminalProgress } from '../../dev/stack/index.ts';
import {
  budgetLedgerId,
  clusterGuardId,
  type ClusterGuardView,
  GUARD_STATE_QUERY,
  type LedgerView,
  PAUSE_SIGNAL,
  RESET_SIGNAL,
  RESUME_SIGNAL,
  targetGuardId,
  type TargetGuardView,
} from '../../src/contract/guards.ts';
import { useGuardServer } from '../support/guards/guard-server.ts';
import { type GuardWorld, type Member, withGuards } from '../support/guards/guard-world.ts';
import type { Heard } from '../support/guards/member-workflow.ts';

const guardServer = useGuardServer();

const clause = (overrides: object = {}) => guardsClauseSchema.parse(overrides);
const waits = clause({ onBusy: 'wait', cooldownSeconds: 0 });

const targetState = ({ client, target }: GuardWorld, name = 'api') =>
  client.workflow.getHandle(targetGuardId(target(name))).query<TargetGuardView>(GUARD_STATE_QUERY);
const clusterState = ({ client, cluster }: GuardWorld) =>
  client.workflow.getHandle(clusterGuardId(cluster)).query<ClusterGuardView>(GUARD_STATE_QUERY);

async function startMany(count: number, start: (index: number) => Promise<Member>): Promise<Member[]> {
  return await Promise.all(Array.from({ length: count }, (_, index) => start(index)));
}

/** How often a guard has continued as new. */
async function runsOf({ client }: GuardWorld, workflowId: string): Promise<number> {
  let runs = 0;
  for (
    let runId: string | undefined = (await client.workflow.getHandle(workflowId).describe()).runId;
    runId;
    runs += 1
  ) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
  }
  return runs;
}

const poll = { timeout: 400_000, interval: 500 };

describe('one target', () => {
  it('is granted to one of 500 that ask at once, and 499 share its end', async () => {
    await withGuards(guardServer(), async (world) => {
      const members = await startMany(500, () => world.start({ stays: true }));
      await expect.poll(async () => (await targetState(world)).joined, poll).toBe(499);
      const { holder } = await targetState(world);
      const leader = members.find(({ id }) => id === holder?.remediationId);
      await leader!.finish();

      const ends = await Promise.all(members.map((member) => member.result()));
      expect(ends.filter(({ target }) => target?.status === 'granted')).toHaveLength(1);
      const joined = ends.filter(({ target }) => target?.status === 'joined');
      expect(joined).toHaveLength(499);
      const end = joined[0]?.leaderEnded;
      expect(end).toMatchObject({ leader: leader!.id, outcome: 'remediated' });
      for (const heard of joined) expect(heard).toMatchObject({ target: { leader: leader!.id }, leaderEnded: end });
      expect(await targetState(world)).toMatchObject({ joined: 0, queue: [], breaker: { status: 'closed' } });
    });
  }, 600_000);

  it('serves those that wait one after the other, whatever is continued as new meanwhile', async () => {
    let working = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, (working += 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
      working -= 1;
    };
    await withGuards({ ...guardServer(), work, tuning: { maxUpdates: 15 } }, async (world) => {
      const first = await world.start({ stays: true, clause: waits });
      await expect.poll(async () => (await first.heard()).target?.status).toBe('granted');
      const waiting = await startMany(60, () => world.start({ clause: waits }));
      const joining = await startMany(60, () => world.start({ clause: clause() }));
      await expect
        .poll(async () => {
          const { queue, joined } = await targetState(world);
          return [queue.length, joined];
        }, poll)
        .toEqual([60, 60]);
      await first.finish();
      for (const heard of await Promise.all(waiting.map((member) => member.result()))) {
        expect(heard).toMatchObject({ target: { status: 'queued' }, targetTurn: { status: 'granted' }, worked: true });
      }
      for (const heard of await Promise.all(joining.map((member) => member.result()))) {
        expect(heard).toMatchObject({ target: { leader: first.id }, leaderEnded: { leader: first.id }, worked: false });
      }
      expect(most).toBe(1);
      expect(await runsOf(world, targetGuardId(world.target('api')))).toBeGreaterThan(4);
    });
  }, 600_000);

  it('survives a storm on a server with its default limit of 10 updates in flight', async () => {
    const { temporal } = await ensureServers(['temporal'], { progress: terminalProgress() });
    const dynamicConfig = { 'history.transferProcessorMaxPollRPS': 2000, 'history.maxInFlightUpdates': 10 };
    const plain = await startTemporalServer({ binary: temporal, headless: true, dynamicConfig });
    try {
      await withGuards({ address: plain.address, bundle: guardServer().bundle }, async (world) => {
        const members = await startMany(150, () => world.start({ stays: true }));
        await expect.poll(async () => (await targetState(world)).joined, poll).toBe(149);
        const { holder } = await targetState(world);
        await members.find(({ id }) => id === holder?.remediationId)!.finish();
        const ends = await Promise.all(members.map((member) => member.result()));
        expect(ends.filter(({ leaderEnded }) => leaderEnded !== undefined)).toHaveLength(149);
      });
    } finally {
      await plain.stop();
    }
  }, 600_000);

  it('goes to one that joined, or to the next that waits, when its holder is terminated', async () => {
    await withGuards({ ...guardServer(), tuning: { probeSeconds: 1 } }, async (world) => {
      const holder = await world.start({ stays: true });
      await expect.poll(async () => (await holder.heard()).target?.status).toBe('granted');
      const joined = await startMany(3, () => world.start({ stays: true }));
      await expect.poll(async () => (await targetState(world)).joined).toBe(3);
      const waiting = await world.start({ clause: waits });
      await expect.poll(async () => (await waiting.heard()).target?.status).toBe('queued');

      await holder.handle.terminate('by a human, in the Web UI');
      const next = async () => (await targetState(world)).holder?.remediationId;
      await expect.poll(next, poll).not.toBe(holder.id);
      const second = await next();
      const successor = joined.find(({ id }) => id === second);
      expect((await successor!.heard()).targetTurn).toEqual({ status: 'granted' });

      await successor!.handle.terminate('again');
      await expect.poll(next, poll).not.toBe(successor!.id);
      for (const { handle } of joined) await handle.terminate('all of them').catch(() => undefined);
      expect(await waiting.result()).toMatchObject({ targetTurn: { status: 'granted' }, worked: true });
    });
  }, 600_000);

  it('is refused by the open breaker until a human resets it', async () => {
    const breaker = { failures: 2, windowSeconds: 600, openSeconds: 600 };
    const strict = clause({ cooldownSeconds: 0, breaker });
    const end = { outcome: 'rolled_back', acted: true, text: 'it did not help' } as const;
    await withGuards(guardServer(), async (world) => {
      for (let i = 0; i < 2; i += 1) await (await world.start({ clause: strict, end })).result();
      const refused = await (await world.start({ clause: strict })).result();
      expect(refused).toMatchObject({ target: { status: 'refused', reason: 'breaker_open' }, worked: false });
      expect((await targetState(world)).breaker).toMatchObject({ status: 'open', failures: 2 });

      const guard = world.client.workflow.getHandle(targetGuardId(world.target('api')));
      await guard.signal('leave', null); // What a human may type must not block the guard.
      await guard.signal(RESET_SIGNAL, { by: 'ann', reason: 'the image is fixed' });
      expect(await (await world.start({ clause: strict })).result()).toMatchObject({ target: { status: 'granted' } });
      expect((await targetState(world)).recent.map(({ text }) => text)).toContain('Reset by ann: the image is fixed');
    });
  }, 600_000);

  it('is answered always, also in the moment in which an idle guard ends', async () => {
    const tuning = { rememberSeconds: 1 };
    await withGuards({ ...guardServer(), tuning }, async ({ activities, client, target }) => {
      const guard = client.workflow.getHandle(targetGuardId(target('api')));
      const forgetful = clause({ cooldownSeconds: 0, flapSeconds: 0 });
      const leave = { outcome: 'denied', text: 'nothing to do', acted: false } as const;
      const runs = new Set<string>();
      for (let serial = 0; runs.size < 6; serial += 1) {
        const remediationId = `remediation/Idle/${serial}/1`;
        const entry = { remediationId, target: target('api'), alertKey: 'a', action: 'scale', clause: forgetful };
        expect(await activities.enterTarget(entry)).toEqual({ status: 'granted' });
        await activities.leaveGuards({ leave: { remediationId, ...leave }, target: target('api') });
        runs.add((await guard.describe()).runId);
        // Around the end of its memory, a little earlier or later each time.
        await new Promise((resolve) => setTimeout(resolve, 960 + ((serial * 17) % 90)));
      }
    });
  }, 600_000);
});

describe('one cluster', () => {
  it('has never more than 10 of 200 at work, and all are served', async () => {
    let working = 0;
    let most = 0;
    let release: (() => void)[] = [];
    // Nobody is done before ten are at work, so that the limit is reached as well as kept.
    const work = async () => {
      working += 1;
      most = Math.max(most, working);
      await new Promise<void>((resolve) => {
        release.push(resolve);
        if (release.length < 10) return;
        const all = release;
        release = [];
        setTimeout(() => {
          for (const done of all) done();
        }, 50);
      });
      working -= 1;
    };
    const limits = { maxConcurrent: 10, maxActionsPerHour: 300 };
    await withGuards({ ...guardServer(), work, limits }, async (world) => {
      const members = await startMany(200, (index) =>
        world.start({ target: world.target(`api-${index}`), guards: { target: true, cluster: true, budget: false } }),
      );
      const ends = await Promise.all(members.map((member) => member.result()));
      expect(ends.filter(({ worked }) => worked)).toHaveLength(200);
      expect(ends.filter(({ cluster }) => cluster?.status === 'granted').length).toBeGreaterThanOrEqual(10);
      expect(most).toBe(10);
      expect(await clusterState(world)).toMatchObject({ holders: [], queue: [], actionsInLastHour: 200 });
    });
  }, 600_000);

  it('refuses, with the reason, what is over the limit where nobody is to wait', async () => {
    const limits = { maxConcurrent: 10, overLimit: 'suppress' } as const;
    await withGuards({ ...guardServer(), limits }, async (world) => {
      const guards = { target: true, cluster: true, budget: false };
      const members = await startMany(60, (index) =>
        world.start({ target: world.target(`api-${index}`), guards, stays: true }),
      );
      const refused: Heard[] = [];
      const ends = members.map(async (member) => {
        const heard = await member.result();
        if (heard.cluster?.status === 'refused') refused.push(heard);
        return heard;
      });
      await expect.poll(() => refused.length, poll).toBe(50);
      const text = '10 remediations are at work in the cluster; 10 may be';
      for (const { cluster } of refused) expect(cluster).toEqual({ status: 'refused', reason: 'max_concurrent', text });
      expect((await clusterState(world)).holders).toHaveLength(10);
      await Promise.all(members.map((member) => member.finish().catch(() => undefined)));
      expect((await Promise.all(ends)).filter(({ worked }) => worked)).toHaveLength(10);
    });
  }, 600_000);

  it('tells its holders of a pause, and lets nobody in until it is over', async () => {
    await withGuards(guardServer(), async (world) => {
      const guards = { target: true, cluster: true, budget: false };
      const holders = await startMany(3, (index) =>
        world.start({ target: world.target(`api-${index}`), guards, stays: true }),
      );
      await expect
        .poll(async () => (await Promise.all(holders.map((one) => one.heard()))).every(({ worked }) => worked))
        .toBe(true);
      const guard = world.client.workflow.getHandle(clusterGuardId(world.cluster));
      await guard.signal(PAUSE_SIGNAL, { by: 'ann', reason: 'freeze' });
      const pauses = async () => (await Promise.all(holders.map((one) => one.heard()))).map((heard) => heard.pauses);
      const paused = { paused: true, by: 'ann', reason: 'freeze' };
      await expect.poll(pauses).toEqual([[paused], [paused], [paused]]);

      const late = await world.start({ target: world.target('late'), guards });
      await expect
        .poll(async () => (await late.heard()).cluster)
        .toMatchObject({
          ...{ status: 'queued', text: 'All changes are paused by ann: freeze' },
        });
      await guard.signal(RESUME_SIGNAL, { by: 'bob' });
      expect(await late.result()).toMatchObject({ clusterTurn: { status: 'granted' }, worked: true });
      const resumed = { paused: false, by: 'bob', reason: 'no reason given' };
      await expect.poll(pauses).toEqual(Array(3).fill([paused, resumed]));
      await Promise.all(holders.map((one) => one.finish()));
      await Promise.all(holders.map((one) => one.result()));
    });
  }, 600_000);

  it('gives the slot of a terminated holder to the next, over runs', async () => {
    const tuning = { probeSeconds: 1, maxUpdates: 4 };
    await withGuards({ ...guardServer(), tuning, limits: { maxConcurrent: 2 } }, async (world) => {
      const guards = { target: false, cluster: true, budget: false };
      const holders = await startMany(2, () => world.start({ guards, stays: true }));
      await expect.poll(async () => (await clusterState(world)).holders.length, poll).toBe(2);
      const waiting = await startMany(10, () => world.start({ guards }));
      await expect.poll(async () => (await clusterState(world)).queue.length, poll).toBe(10);
      for (const { handle } of holders) await handle.terminate('by a human');
      for (const heard of await Promise.all(waiting.map((one) => one.result()))) expect(heard.worked).toBe(true);
      expect(await runsOf(world, clusterGuardId(world.cluster))).toBeGreaterThan(2);
    });
  }, 600_000);
});

describe('one budget', () => {
  it('is freed of what was reserved for somebody who never heard the answer', async () => {
    await withGuards({ ...guardServer(), daily: 24 }, async ({ activities, client, target }) => {
      const ledger = client.workflow.getHandle(budgetLedgerId({ budget: 'default', scopeKey: 'all' }));
      const held = () => ledger.query<LedgerView>(GUARD_STATE_QUERY).then((view) => view.held);
      const remediationId = 'remediation/Unheard/0000000000000000/1';
      const entry = {
        ...{ remediationId, target: target('api'), labels: {}, addedReplicas: 1, podRequests: { cpu: 1, memory: 0 } },
        budget: { name: 'default', expectedHours: 24, whenUnknown: 'escalate' as const },
      };
      try {
        expect(await activities.reserveBudget(entry)).toMatchObject({ allowed: true });
        expect(await held()).toBe(24);
        const leave = { remediationId, outcome: 'escalated', text: 'it fell', acted: false } as const;
        await activities.leaveGuards({ leave, reserving: entry });
        await expect.poll(held).toBe(0);
      } finally {
        // The next world asks the same ledger, and this one's worker is about to end.
        await ledger.terminate();
      }
    });
  }, 60_000);

  it('is never exceeded by 200 that reserve at once', async () => {
    // 24 a day for each; 10 run already.
    const budget = { daily: 24 * 47 + 1, runningCores: 10 };
    await withGuards({ ...guardServer(), ...budget }, async (world) => {
      const guards = { target: false, cluster: false, budget: true };
      // Each commits at its end, and usage never shows it: so all of them are held at last.
      const members = await startMany(200, () => world.start({ guards }));
      const all = (await Promise.all(members.map((member) => member.result()))).map(({ verdict }) => verdict);
      const allowed = all.filter((verdict) => verdict?.allowed === true);
      expect(allowed).toHaveLength(37);
      for (const verdict of allowed) expect(verdict?.projected).toBeLessThanOrEqual(budget.daily);
      const denied = all.find((verdict) => verdict?.allowed === false);
      expect(denied?.reason).toMatch(
        /^1 more Pod for 24 h cost 24\.00 USD on top of 240\.00 USD a day and .* is over the 1129\.00 USD a day of budget default$/,
      );
      const ledger = world.client.workflow.getHandle(budgetLedgerId({ budget: 'default', scopeKey: 'all' }));
      const { held, reservations } = await ledger.query<LedgerView>(GUARD_STATE_QUERY);
      expect(held).toBe(37 * 24);
      expect(reservations).toHaveLength(37);
      expect(reservations.filter(({ committedAt }) => committedAt === undefined)).toEqual([]);
    });
  }, 600_000);
});
