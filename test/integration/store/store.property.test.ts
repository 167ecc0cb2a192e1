import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Admission, AdmitRequest, LeaveRequest } from '../../../src/domain/admission/admission.ts';
import type { EndedRemediation, OpenRemediation } from '../../../src/domain/admission/reconcile.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
import type { ClusterLimits } from '../../../src/domain/guards/cluster-limits.ts';
import { SqlAdmissionStore } from '../../../src/store/admission/sql-admission-store.ts';
import type { Database } from '../../../src/store/database.ts';
import type { Remembered } from '../../../src/store/store.ts';
import { type MemoryDatabase, memoryDatabase } from '../../support/store/memory-database.ts';
import { aClause, aMoneyAsk, asking, leaving, OPEN } from '../../support/store/requests.ts';
import { rewinder, type Snapshot } from './rewind.ts';

const LIMITS: ClusterLimits = { ...OPEN, maxConcurrent: 2 };
const TARGETS = 3;
const PLAYERS = 8;

const stepArbitrary = fc.record({
  kind: fc.oneof(
    { weight: 10, arbitrary: fc.constant('admit' as const) },
    { weight: 5, arbitrary: fc.constantFrom('leave' as const, 'lend' as const) },
    { weight: 3, arbitrary: fc.constantFrom('reset' as const, 'terminate' as const, 'sweep' as const) },
    { weight: 2, arbitrary: fc.constantFrom('crash' as const, 'snapshot' as const) },
    { weight: 1, arbitrary: fc.constantFrom('failover' as const) },
  ),
  who: fc.nat(PLAYERS - 1),
  process: fc.nat(1),
  /** What is committed is not heard. */
  isLost: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  acted: fc.boolean(),
  seconds: fc.oneof(fc.nat(5), fc.integer({ min: 0, max: 90 })),
});
type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** A remediation as its workflow is: what it knows, it knows from answers that it has heard. */
interface Player {
  readonly request: AdmitRequest;
  /** Its last grant. */
  epoch?: number;
  slot: boolean;
  lends: boolean;
  left?: LeaveRequest;
  isTerminated: boolean;
}

/** Two processes on one database, with all that goes wrong between them. */
class World {
  readonly players: Player[];
  readonly grants: { readonly id: string; readonly target: string; readonly epoch: number }[] = [];
  readonly woken = new Set<string>();
  readonly statuses = new Map<string, number>();
  readonly #database: MemoryDatabase;
  readonly #snapshot: () => Promise<Snapshot>;
  #stores: SqlAdmissionStore[];
  #copy: Snapshot | undefined;
  #remembered: Remembered | undefined;
  #losesAnswers = false;
  seconds = 1_700_000_000;

  constructor(database: MemoryDatabase, snapshot: () => Promise<Snapshot>) {
    this.#database = database;
    this.#snapshot = snapshot;
    this.#stores = [this.#start(), this.#start()];
    this.players = Array.from({ length: PLAYERS }, (_, index) => ({
      request: asking(`r${index}`, {
        target: `default/shop/Deployment/t${index % TARGETS}`,
        locks: index === 5 ? ['default/shop/Deployment/t0'] : [],
        clause: aClause({ onBusy: index % 4 === 3 ? 'wait' : 'join', cooldownSeconds: 0, flapSeconds: 0 }),
        money: aMoneyAsk(2, { usageMeasuredAt: this.seconds * 1000, usage: null, settleSeconds: 60 }),
        audit: [
          ...[{ key: `r${index}/intended`, at: '2026-01-01T00:00:00Z', actor: 'mendloop' }].map((row) => ({
            ...{ ...row, kind: 'effect_intended' as const, data: {} },
          })),
        ],
      }),
      ...{ slot: false, lends: false, isTerminated: false },
    }));
  }

  #start(): SqlAdmissionStore {
    const database: Pick<Database, 'run'> = {
      run: async (statement) => {
        const rows = await this.#database.run(statement);
        const isCommit = statement.prepare === 'commit_admission';
        if (isCommit && this.#losesAnswers) throw new MendloopError('StoreUnavailable', 'the answer was lost');
        return rows;
      },
    };
    return new SqlAdmissionStore({ database, limits: LIMITS, now: () => this.seconds * 1000 });
  }

  async step({ kind, who, process, isLost, acted, seconds }: Step): Promise<void> {
    this.seconds += seconds;
    const player = this.players[who] as Player;
    const store = this.#stores[process] as SqlAdmissionStore;
    this.#losesAnswers = isLost && kind !== 'failover';
    try {
      switch (kind) {
        case 'admit':
          if (player.left === undefined && !player.isTerminated) await this.admit(player, store);
          break;
        case 'leave':
        case 'lend':
          if (!player.isTerminated) await this.#leave(player, store, kind === 'leave' ? 'all' : 'lend', acted);
          break;
        case 'reset':
          // Its new run knows nothing of what the one before it was granted.
          if (!player.isTerminated) delete player.epoch;
          break;
        case 'terminate':
          player.isTerminated = true;
          break;
        case 'sweep':
          await this.sweep(store);
          break;
        case 'crash':
          this.#stores[process] = this.#start();
          break;
        case 'snapshot':
          this.#copy = await this.#snapshot();
          break;
        case 'failover':
          await this.#failover(store);
      }
    } catch (error) {
      if (!(error instanceof MendloopError)) throw error;
      expect(['StoreUnavailable', 'StoreRestored']).toContain(error.type);
    } finally {
      this.#losesAnswers = false;
    }
  }

  async admit(player: Player, store: SqlAdmissionStore = this.#stores[0] as SqlAdmissionStore): Promise<Admission> {
    const answer = await store.admit({ ...player.request, ...freshMoney(player.request, this.seconds) });
    this.statuses.set(answer.status, (this.statuses.get(answer.status) ?? 0) + 1);
    if (answer.status === 'granted') {
      const { remediationId: id, target } = player.request;
      this.grants.push({ id, target, epoch: answer.epoch });
      player.epoch = answer.epoch;
      player.slot = true;
      player.lends = false;
    }
    return answer;
  }

  async #leave(player: Player, store: SqlAdmissionStore, what: 'all' | 'lend', acted: boolean): Promise<void> {
    const request = leaving(player.request.remediationId, { what, acted, keepMoney: acted });
    player.slot = false;
    if (what === 'lend') player.lends = true;
    else {
      player.left ??= request;
      delete player.epoch;
    }
    await store.leave(request);
  }

  /** Every process asks another server from now on, whose last commits are not there. */
  async #failover(store: SqlAdmissionStore): Promise<void> {
    if (this.#copy === undefined) return;
    await this.#copy.restore();
    for (const one of this.#stores) {
      await expect(one.admit(asking('in between'))).rejects.toMatchObject({ type: 'StoreRestored' });
    }
    const open = this.players
      .filter(({ left, isTerminated }) => left === undefined && !isTerminated)
      .map(({ request, epoch, slot, lends }): OpenRemediation => {
        const { remediationId, cluster } = request;
        return {
          remediationId,
          cluster,
          ...(epoch === undefined ? {} : { holds: { asked: request, epoch, slot, lends } }),
        };
      });
    const ended = this.players.flatMap(({ request, left }): EndedRemediation[] =>
      left === undefined ? [] : [{ asked: request, leave: left }],
    );
    const result = await store.reconcile({
      open,
      ended: () => Promise.resolve(ended),
      isOpen: () => Promise.resolve(new Set<string>()),
      ...(this.#remembered && { remembered: this.#remembered }),
    });
    this.#remembered = result.remembered;
    this.#copy = undefined;
  }

  async sweep(store: SqlAdmissionStore = this.#stores[0] as SqlAdmissionStore): Promise<void> {
    const closed = new Set(
      this.players
        .filter(({ isTerminated, left }) => isTerminated || left !== undefined)
        .map(({ request }) => request.remediationId),
    );
    const { remembered, restored } = await store.sweep({
      isOpen: (ids) => Promise.resolve(new Set(ids.filter((id) => !closed.has(id)))),
      send: (to) => {
        if (closed.has(to)) return Promise.resolve('gone');
        this.woken.add(to);
        return Promise.resolve('delivered');
      },
      ...(this.#remembered && { remembered: this.#remembered }),
    });
    expect(restored).toBe(false);
    this.#remembered = remembered;
  }

  /** Of all that was ever granted of a target, at most one grant opens the fence; money is within the day. */
  async checkSafety(): Promise<void> {
    const [store] = this.#stores;
    const answers = await Promise.all(
      this.grants.map(async ({ id, target, epoch }) => ({
        ...{ id, target },
        answer: await store?.fence({ remediationId: id, target, epoch }),
      })),
    );
    const open = answers.filter(({ answer }) => answer?.open === true).map(({ target }) => target);
    expect(new Set(open).size).toBe(open.length);
    for (const { request, left } of this.players) {
      if (left === undefined) continue;
      const own = answers.filter(({ id }) => id === request.remediationId);
      // Its leave may have been lost; then it is told again.
      if (own.some(({ answer }) => answer?.open === true)) await store?.leave(left);
    }
    const [money] = await this.#database.admin(`
      SELECT coalesce(sum(amount), 0)::float AS held, coalesce(bool_or(reinstated), false) AS reinstated
      FROM mendloop.reservation`);
    if (money?.['reinstated'] === false) expect(money['held']).toBeLessThanOrEqual(10);
    const [slots] = await this.#database.admin(
      `SELECT count(*)::int AS taken FROM mendloop.claim WHERE slot IN ('taken', 'offered')`,
    );
    this.maxSlots = Math.max(this.maxSlots, Number(slots?.['taken']));
  }

  maxSlots = 0;

  /** Whoever holds is done in the end, whoever was woken asks: then all of them have had their answer. */
  async checkNobodyWaitsForEver(): Promise<void> {
    for (let round = 0; round < 60; round += 1) {
      this.seconds += 300;
      await this.sweep();
      const live = await this.#database.admin(
        `SELECT remediation_id AS id, status, slot FROM mendloop.claim WHERE status <> 'left'`,
      );
      if (live.length === 0) return;
      for (const player of this.players) {
        const { remediationId: id } = player.request;
        const claim = live.find((row) => row['id'] === id);
        if (player.left !== undefined && claim !== undefined) await this.#stores[0]?.leave(player.left);
        else if (this.woken.delete(id) && !player.isTerminated && player.left === undefined) await this.admit(player);
        else if (claim?.['status'] === 'held' && claim['slot'] !== 'wanted' && claim['slot'] !== 'offered') {
          await this.#leave(player, this.#stores[0] as SqlAdmissionStore, 'all', false);
        }
      }
    }
    expect(await this.#database.admin(`SELECT body FROM mendloop.claim WHERE status <> 'left'`)).toEqual([]);
  }
}

function freshMoney({ money }: AdmitRequest, seconds: number): Pick<AdmitRequest, 'money'> {
  return money === undefined ? {} : { money: { ...money, usageMeasuredAt: seconds * 1000 } };
}

describe('the store, whatever happens in whatever order', { timeout: 600_000 }, () => {
  let database: MemoryDatabase;
  let snapshot: () => Promise<Snapshot>;
  beforeAll(async () => {
    database = await memoryDatabase();
    snapshot = await rewinder(database);
  });
  afterAll(() => database.close());
  it('has one open fence for a target and money within the day, and lets nobody wait for ever', async () => {
    const statuses = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(stepArbitrary, { minLength: 20, maxLength: 70, size: 'max' }), async (steps) => {
        await database.empty();
        const world = new World(database, snapshot);
        for (const step of steps) {
          await world.step(step);
          await world.checkSafety();
        }
        await world.checkNobodyWaitsForEver();
        for (const [status, count] of world.statuses) statuses.set(status, (statuses.get(status) ?? 0) + count);
      }),
      { numRuns: 60, endOnFailure: true },
    );
    for (const status of ['granted', 'joined', 'queued'] as const) expect(statuses.get(status)).toBeGreaterThan(5);
  });
});
