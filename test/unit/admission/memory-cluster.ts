import { admit } from '../../../src/domain/admission/admit.ts';
import type { Admission, AdmitRequest, LeaveRequest, WakeUp } from '../../../src/domain/admission/admission.ts';
import { type Claim, ClaimStatus, isWaiting, takesSlot, type Tombstone } from '../../../src/domain/admission/claim.ts';
import { Draft } from '../../../src/domain/admission/draft.ts';
import { leave, vanish } from '../../../src/domain/admission/leave.ts';
import { expireOffers, offerTurns } from '../../../src/domain/admission/line.ts';
import { pause, resume } from '../../../src/domain/admission/order.ts';
import {
  type Change,
  ledgerName,
  type LedgerKey,
  type Message,
  type Scene,
} from '../../../src/domain/admission/scene.ts';
import { defined } from '../../../src/domain/defined.ts';
import type { Act, ClusterLimits, Pause } from '../../../src/domain/guards/cluster-limits.ts';
import type { LedgerState } from '../../../src/domain/guards/ledger-state.ts';
import type { TargetMemory } from '../../../src/domain/guards/target-memory.ts';
import { OPEN } from '../../support/store/requests.ts';

const T0 = 1_700_000_000_000;

/** What the store keeps of one cluster, in memory and without limits of what is read: for the pure machines. */
export class MemoryCluster {
  readonly claims = new Map<string, Claim>();
  readonly tombstones = new Map<string, Tombstone>();
  readonly memories = new Map<string, TargetMemory>();
  readonly ledgers = new Map<string, LedgerKey & { version: number; state: LedgerState }>();
  readonly audit: string[] = [];
  acts: (Act & { remediationId: string })[] = [];
  limits: ClusterLimits;
  paused: Pause | undefined;
  #pace: number | undefined;
  sent: Message[] = [];
  seconds = 0;
  #version = 0;
  readonly #served = new Map<string, number>();

  constructor(limits: Partial<ClusterLimits> = {}) {
    this.limits = { ...OPEN, ...limits };
  }

  /** Epoch ms, so many seconds after a fixed time. */
  at(seconds: number): number {
    return T0 + seconds * 1000;
  }

  get now(): number {
    return this.at(this.seconds);
  }

  admit(request: AdmitRequest): Admission {
    return this.run((draft) => admit(draft, request));
  }

  leave(request: LeaveRequest): void {
    this.run((draft) => leave(draft, request));
  }

  vanish(...ids: string[]): readonly string[] {
    return this.run((draft) => vanish(draft, ids));
  }

  /** What a sweep does to the line. */
  turn(): number {
    return this.run((draft) => {
      const expired = expireOffers(draft);
      offerTurns(draft);
      return expired;
    });
  }

  pause(by = 'ann', reason = 'release freeze'): void {
    this.run((draft) => pause(draft, { order: { by, reason }, audit: this.#orderRow(`pause ${by}`) }));
  }

  resume(by = 'bob', reason = 'over'): boolean {
    return this.run((draft) => resume(draft, { order: { by, reason }, audit: this.#orderRow(`resume ${by}`) }));
  }

  /** In one commit. */
  run<Answer>(work: (draft: Draft) => Answer): Answer {
    const draft = new Draft(this.#scene(), this.limits);
    const answer = work(draft);
    this.sent = [];
    if (draft.change !== undefined) this.#write(draft.change);
    return answer;
  }

  status(id: string): string | undefined {
    return this.claims.get(id)?.status ?? this.tombstones.get(id)?.status;
  }

  get holders(): string[] {
    return [...this.claims.values()].filter(takesSlot).map(({ remediationId }) => remediationId);
  }

  /** Whom the last commit wakes, and for what. */
  get wakes(): (readonly [string, WakeUp['kind']])[] {
    return this.sent.map(({ to, wake }) => [to, wake.kind]);
  }

  #scene(): Scene {
    const claims = [...this.claims.values()];
    const count = (of: readonly Claim[]) => {
      const ranks: Record<number, number> = {};
      for (const { rank } of of) ranks[rank] = (ranks[rank] ?? 0) + 1;
      return ranks;
    };
    const waiting = claims.filter(isWaiting);
    const before = (claim: Claim, line: readonly Claim[]) =>
      line.filter(({ rank, arrived }) => rank < claim.rank || (rank === claim.rank && arrived < claim.arrived)).length;
    const joined = claims.filter(({ status }) => status === ClaimStatus.Joined);
    return {
      now: this.now,
      version: this.#version,
      ...defined({ pause: this.paused, pace: this.#pace }),
      recent: [],
      load: { hour: this.acts.map(({ at }) => at).filter((at) => at > this.now - 3_600_000), acts: this.acts },
      holders: claims.filter(takesSlot),
      claims,
      tombstones: [...this.tombstones.values()],
      candidates: waiting.map(({ remediationId }) => remediationId),
      waiting: count(waiting),
      lines: Object.fromEntries(
        claims.map(({ target }) => [
          target,
          count(claims.filter((claim) => claim.status === ClaimStatus.Queued && claim.target === target)),
        ]),
      ),
      before: Object.fromEntries(
        waiting.map((claim) => [
          claim.remediationId,
          {
            target: before(
              claim,
              waiting.filter(({ target }) => target === claim.target),
            ),
            cluster: before(claim, waiting),
          },
        ]),
      ),
      followers: Object.fromEntries(
        joined.map(({ group }) => [group, joined.filter((other) => other.group === group).length]),
      ),
      served: Object.fromEntries(this.#served),
      memories: Object.fromEntries(this.memories),
      ledgers: [...this.ledgers.values()],
    };
  }

  #write(change: Change): void {
    // What is kept is JSON.
    const {
      claims,
      removed,
      acts,
      served,
      memories,
      ledgers,
      messages,
      audit,
      pause: paused,
    } = JSON.parse(JSON.stringify(change)) as Change;
    for (const id of removed) this.claims.delete(id);
    for (const claim of claims) {
      if (claim.status === 'left') {
        this.claims.delete(claim.remediationId);
        this.tombstones.set(claim.remediationId, claim);
      } else {
        this.claims.set(claim.remediationId, claim);
      }
    }
    this.acts = [...this.acts, ...acts];
    for (const { namespace, served: at } of served) this.#served.set(namespace, at);
    for (const { target, memory } of memories) this.memories.set(target, memory);
    for (const ledger of ledgers) {
      this.ledgers.set(ledgerName(ledger), { ...ledger, version: ledger.version + 1 });
    }
    this.audit.push(...audit.map(({ key }) => key));
    this.paused = paused ?? undefined;
    this.#pace = change.pace ?? undefined;
    this.sent = [...messages];
    this.#version += 1;
  }

  #orderRow(key: string) {
    return { key, at: new Date(this.now).toISOString(), actor: 'ann', kind: 'guard' as const, data: {} };
  }
}
