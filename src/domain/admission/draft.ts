import type { AuditEntry } from '../audit/audit-entry.ts';
import { type AuditRecord, toRecord } from '../audit/audit-record.ts';
import type { ClusterLimits, ClusterLoad, Pause } from '../guards/cluster-limits.ts';
import { ledgerEndsAt } from '../guards/ledger.ts';
import { type LedgerState, NEW_LEDGER } from '../guards/ledger-state.ts';
import { type RecentEntry, withRecent } from '../guards/recent.ts';
import { memoryAt, memoryEndsAt, NEW_MEMORY, type TargetMemory } from '../guards/target-memory.ts';
import { ClaimBook } from './claim-book.ts';
import { type Claim, ClaimStatus, isWaiting, objectsOf } from './claim.ts';
import { Mailbox } from './mailbox.ts';
import {
  type Change,
  type IncidentEnding,
  type LedgerKey,
  ledgerName,
  type MadeChange,
  type Scene,
  type Share,
} from './scene.ts';

/** Arrivals that one commit can number. */
const ARRIVALS_A_COMMIT = 10_000;

/** UTF-16 code units; the whole key of a row has a limit. */
const MAX_TARGET_IN_KEY = 300;

type KnownLedger = LedgerKey & { readonly version: number; readonly state: LedgerState };

/**
 * A scene while operations work on it, one after the other, and what they have changed. It lives for one attempt to
 * commit; nothing of it is read after that.
 */
export class Draft {
  readonly limits: ClusterLimits;
  readonly claims: ClaimBook;
  readonly mail: Mailbox;
  readonly #scene: Scene;
  readonly #memories: Map<string, TargetMemory>;
  readonly #ledgers: Map<string, KnownLedger>;
  readonly #served: Map<string, number>;
  readonly #touched = { memories: new Set<string>(), ledgers: new Set<string>(), served: new Set<string>() };
  readonly #acts: MadeChange[] = [];
  readonly #shares: Share[] = [];
  readonly #breakers: ('open' | 'closed')[] = [];
  readonly #endings: IncidentEnding[] = [];
  readonly #audit: AuditRecord[] = [];
  #recent: readonly RecentEntry[];
  #arrivals = 0;
  #hasMoved = false;
  pause: Pause | undefined;

  constructor(scene: Scene, limits: ClusterLimits) {
    this.limits = limits;
    this.claims = new ClaimBook(scene);
    this.mail = new Mailbox(scene);
    this.#scene = scene;
    this.#memories = new Map(Object.entries(scene.memories));
    this.#ledgers = new Map(scene.ledgers.map((ledger) => [ledgerName(ledger), ledger]));
    this.#served = new Map(Object.entries(scene.served));
    this.#recent = scene.recent;
    this.pause = scene.pause;
  }

  get now(): number {
    return this.#scene.now;
  }

  /** Of the grants of this commit: larger than any before it. */
  get epoch(): number {
    return this.#scene.version + 1;
  }

  /** The next place in the order of arrival. */
  arrive(): number {
    this.#arrivals += 1;
    return this.epoch * ARRIVALS_A_COMMIT + this.#arrivals;
  }

  /** All that a limit is judged by, as if one of the holders were not there. */
  loadWithout(remediationId: string): ClusterLoad {
    const holders = this.claims.holders.filter((holder) => holder.remediationId !== remediationId);
    const { hour, acts } = this.#scene.load;
    return {
      ...(this.pause === undefined ? {} : { pause: this.pause }),
      ...{ holders, hour: [...hour, ...this.#acts.map(({ at }) => at)], acts: [...acts, ...this.#acts] },
    };
  }

  /** Those that could have a turn, as far as they were read or have come since. */
  candidates(): Claim[] {
    const read = new Set(this.#scene.candidates);
    return this.claims.all().filter(({ remediationId: id }) => read.has(id) || this.claims.isChanged(id));
  }

  /** When a namespace had its last turn: a number that grows. */
  servedAt(namespace: string): number {
    return this.#served.get(namespace) ?? 0;
  }

  serve(namespace: string): void {
    this.#served.set(namespace, this.arrive());
    this.#touched.served.add(namespace);
  }

  /** From 1: which one it is among those that wait for the target, or in the cluster. */
  positionOf({ remediationId, target, rank }: Claim, line: 'target' | 'cluster'): number {
    const known = this.#scene.before[remediationId];
    if (known !== undefined) return known[line] + 1;
    const read = line === 'target' ? (this.#scene.lines[target] ?? {}) : this.#scene.waiting;
    const came = this.claims.changed.filter(
      (other) =>
        other.status !== 'left' &&
        isWaiting(other) &&
        other.remediationId !== remediationId &&
        other.rank <= rank &&
        this.#scene.before[other.remediationId] === undefined &&
        (line === 'cluster' || other.target === target),
    );
    return countTo(read, rank) + came.length + 1;
  }

  memory(target: string): TargetMemory {
    return memoryAt(this.#memories.get(target) ?? NEW_MEMORY, this.now);
  }

  /** Whether anything is remembered of it. */
  knows(target: string): boolean {
    return this.#memories.has(target);
  }

  remember(target: string, memory: TargetMemory): void {
    const before = this.memory(target).breaker.open;
    const after = memory.breaker.open;
    this.#memories.set(target, memory);
    this.#touched.memories.add(target);
    if (before?.since === after?.since) return;
    const to = after === undefined ? 'closed' : 'open';
    this.#breakers.push(to);
    this.record([
      {
        key: `guard/breaker/${target.slice(0, MAX_TARGET_IN_KEY)}/${to}/${this.epoch}`,
        at: new Date(this.now).toISOString(),
        ...{ actor: 'mendloop', kind: 'guard', target },
        data: { breaker: to, ...(after === undefined ? {} : { until: new Date(after.until).toISOString() }) },
      },
    ]);
  }

  /** Circuit breakers that have changed. */
  get breakers(): readonly ('open' | 'closed')[] {
    return this.#breakers;
  }

  ledger(key: LedgerKey): LedgerState {
    return this.#ledgers.get(ledgerName(key))?.state ?? NEW_LEDGER;
  }

  /** Every ledger that holds money for it. */
  ledgersOf(remediationId: string): LedgerKey[] {
    const isIts = (reservation: { readonly remediationId: string }) => reservation.remediationId === remediationId;
    return [...this.#ledgers.values()].filter(({ state }) => state.reservations.some(isIts));
  }

  keepLedger({ budget, scopeKey }: LedgerKey, state: LedgerState): void {
    const name = ledgerName({ budget, scopeKey });
    const version = this.#ledgers.get(name)?.version ?? 0;
    this.#ledgers.set(name, { budget, scopeKey, version, state });
    this.#touched.ledgers.add(name);
  }

  /** `claim`: what the change was made by. */
  act(
    {
      remediationId,
      namespace,
      target,
      locks,
      action,
    }: Pick<Claim, 'remediationId' | 'namespace' | 'target' | 'locks' | 'action'>,
    at: number,
  ): void {
    this.#acts.push({ at, remediationId, namespace, target, action, objects: objectsOf({ target, locks }) });
  }

  note(text: string): void {
    this.#recent = withRecent(this.#recent, this.now, text);
  }

  /** All who have joined a group get an end, also those that were not read. */
  share(share: Share): void {
    const { group, leader, outcome, text } = share;
    for (const { remediationId, status, group: other } of this.claims.all()) {
      if (other !== group || status !== ClaimStatus.Joined) continue;
      this.claims.bury({ remediationId, status: 'left', end: { at: this.now, outcome, text, leader } });
      this.mail.wake(remediationId, { kind: 'ended' });
    }
    this.claims.dissolve(group);
    this.#shares.push(share);
  }

  end(ending: IncidentEnding): void {
    this.#endings.push(ending);
  }

  record(entries: readonly AuditEntry[]): void {
    this.#audit.push(...entries.map(toRecord));
  }

  /** Something was given back, or given, so that the line moves. */
  moved(): void {
    this.#hasMoved = true;
  }

  /** Whether others, who were not read, may have a turn now. */
  get mayGoOn(): boolean {
    return this.#hasMoved && countTo(this.#scene.waiting, Infinity) > this.#scene.candidates.length;
  }

  /** Undefined: nothing is to be written. */
  get change(): Change | undefined {
    const { memories, ledgers, served } = this.#touched;
    const change: Change = {
      version: this.#scene.version,
      now: this.now,
      pause: this.pause ?? null,
      pace: this.mail.pace ?? null,
      recent: this.#recent,
      claims: this.claims.changed,
      removed: this.claims.removed,
      shares: this.#shares,
      acts: this.#acts,
      served: [...served].map((namespace) => ({ namespace, served: this.servedAt(namespace) })),
      memories: [...memories].map((target) => {
        const memory = this.memory(target);
        return { target, memory, endsAt: memoryEndsAt(memory) };
      }),
      ledgers: [...ledgers].flatMap((name) => {
        const ledger = this.#ledgers.get(name);
        return ledger === undefined ? [] : { ...ledger, endsAt: ledgerEndsAt(ledger.state) ?? null };
      }),
      messages: this.mail.messages,
      endings: this.#endings,
      audit: this.#audit,
    };
    const isSame = this.pause === this.#scene.pause && this.#recent === this.#scene.recent;
    const isEmpty = Object.values(change).every(
      (part) => !Array.isArray(part) || part === this.#recent || part.length === 0,
    );
    return isSame && isEmpty ? undefined : change;
  }
}

/** How many have this rank or a smaller one. */
function countTo(counts: Readonly<Record<number, number>>, rank: number): number {
  return Object.entries(counts).reduce((sum, [of, count]) => (Number(of) <= rank ? sum + count : sum), 0);
}
