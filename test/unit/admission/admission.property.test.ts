import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Admission, AdmitRequest } from '../../../src/domain/admission/admission.ts';
import { ClaimStatus, isLead, objectsOf, takesObjects } from '../../../src/domain/admission/claim.ts';
import type { ClusterLimits } from '../../../src/domain/guards/cluster-limits.ts';
import { heldBy } from '../../../src/domain/guards/ledger.ts';
import { aClause, aMoneyAsk, asking, leaving } from '../../support/store/requests.ts';
import { MemoryCluster } from './memory-cluster.ts';

const WORKLOADS = 6;
const USAGE = 5;

const limitsArbitrary = fc.record({
  maxConcurrent: fc.integer({ min: 1, max: 4 }),
  maxActionsPerHour: fc.integer({ min: 1, max: 20 }),
  blastRadius: fc.record({ percent: fc.constantFrom(10, 50, 100), windowSeconds: fc.constantFrom(300, 7200) }),
  overLimit: fc.constantFrom('wait' as const, 'suppress' as const),
});

const stepArbitrary = fc.record({
  kind: fc.constantFrom(
    'admit',
    'admit',
    'admit',
    'rung',
    'leave',
    'slot',
    'lend',
    'vanish',
    'turn',
    'pause',
    'resume',
  ),
  who: fc.nat(24),
  target: fc.nat(3),
  lock: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(3) }),
  namespace: fc.constantFrom('shop', 'bank'),
  severity: fc.constantFrom('critical' as const, 'warning' as const, 'info' as const),
  onBusy: fc.constantFrom('join' as const, 'wait' as const),
  only: fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant('target' as const) },
  ),
  amount: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4 })),
  acted: fc.boolean(),
  /** Whether those that are woken ask at once. */
  hears: fc.boolean(),
  seconds: fc.oneof(fc.nat(5), fc.integer({ min: 0, max: 400 })),
});
type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** What each remediation wants is its own: asked again, it wants the same. */
class Players {
  readonly #requests = new Map<string, AdmitRequest>();

  requestOf(
    cluster: MemoryCluster,
    { who, target, lock, namespace, severity, onBusy, only, amount }: Step,
  ): AdmitRequest {
    const id = `r${who}`;
    const name = (of: number) => `default/${namespace}/Deployment/t${of}`;
    const known =
      this.#requests.get(id) ??
      asking(id, {
        ...{ namespace, target: name(target), severity, workloadsInNamespace: WORKLOADS },
        locks: lock === undefined || lock === target ? [] : [name(lock)],
        clause: aClause({ onBusy, cooldownSeconds: 30, flapSeconds: 30 }),
      });
    this.#requests.set(id, known);
    const money = aMoneyAsk(amount, { usage: USAGE, usageMeasuredAt: cluster.now, settleSeconds: 3600 });
    return { ...known, money, ...(only === undefined ? {} : { only }) };
  }

  /** The next plan of its ladder: on another object, beside all that it holds. */
  climbs(cluster: MemoryCluster, step: Step): AdmitRequest {
    const { target: before, locks, ...request } = this.requestOf(cluster, step);
    const target = `default/${request.namespace}/Deployment/t${step.target}`;
    const climbed = {
      ...{ ...request, action: 'delete_pod', target },
      locks: [...new Set([before, ...locks])].filter((name) => name !== target),
    };
    const { money: _money, only: _only, ...kept } = climbed;
    this.#requests.set(`r${step.who}`, kept);
    return climbed;
  }

  known(id: string): AdmitRequest | undefined {
    return this.#requests.get(id);
  }
}

function checkSafety(cluster: MemoryCluster): void {
  const claims = [...cluster.claims.values()];
  const taken = claims.filter(takesObjects).flatMap((claim) => [...objectsOf(claim)]);
  expect(new Set(taken).size).toBe(taken.length);

  const { maxConcurrent, maxActionsPerHour, blastRadius } = cluster.limits;
  expect(cluster.holders.length).toBeLessThanOrEqual(maxConcurrent);
  const lastHour = cluster.acts.filter(({ at }) => at > cluster.now - 3_600_000);
  expect(lastHour.length + cluster.holders.length).toBeLessThanOrEqual(Math.max(maxActionsPerHour, lastHour.length));
  for (const namespace of ['shop', 'bank']) {
    const places = [
      ...cluster.acts.filter(({ at }) => at > cluster.now - blastRadius.windowSeconds * 1000),
      ...cluster.holders.flatMap((id) => cluster.claims.get(id) ?? []),
    ].filter((place) => place.namespace === namespace);
    const allowed = Math.max(1, Math.floor((WORKLOADS * blastRadius.percent) / 100));
    expect(new Set(places.map(({ target }) => target)).size).toBeLessThanOrEqual(allowed);
  }
  for (const { state } of cluster.ledgers.values()) {
    if (state.reservations.length > 0) expect(USAGE + heldBy(state.reservations)).toBeLessThanOrEqual(10);
  }
  // Whoever shares an end shares somebody's.
  for (const { group, status } of claims) {
    if (status === ClaimStatus.Joined)
      expect(claims.filter((other) => other.group === group && isLead(other))).toHaveLength(1);
  }
  for (const id of cluster.claims.keys()) expect(cluster.tombstones.has(id)).toBe(false);
}

/** Whoever holds is done in the end, whoever was woken asks again: then all of them have had their answer. */
function checkNobodyWaitsForEver(cluster: MemoryCluster, players: Players): void {
  if (cluster.paused !== undefined) cluster.resume();
  for (let round = 0; round < 200 && cluster.claims.size > 0; round += 1) {
    cluster.seconds += 4000;
    cluster.turn();
    const woken = new Set(cluster.wakes.map(([to]) => to));
    for (const id of woken) {
      const request = players.known(id);
      if (request !== undefined && cluster.claims.has(id)) cluster.admit(request);
    }
    for (const claim of [...cluster.claims.values()]) {
      if (claim.status === ClaimStatus.Held)
        cluster.leave(leaving(claim.remediationId, { acted: false, keepMoney: false }));
    }
    checkSafety(cluster);
  }
  expect([...cluster.claims.keys()]).toEqual([]);
}

describe('admission, whatever happens in whatever order', { timeout: 120_000 }, () => {
  it('has one holder for an object, keeps every limit, and lets nobody wait for ever', () => {
    const answers = new Map<Admission['status'], number>();
    fc.assert(
      fc.property(limitsArbitrary, fc.array(stepArbitrary, { maxLength: 160, size: 'max' }), (limits, steps) => {
        const cluster = new MemoryCluster(limits satisfies ClusterLimits);
        const players = new Players();
        const count = ({ status }: Admission) => answers.set(status, (answers.get(status) ?? 0) + 1);
        for (const step of steps) {
          cluster.seconds += step.seconds;
          const id = `r${step.who}`;
          switch (step.kind) {
            case 'admit': {
              const had = cluster.tombstones.has(id);
              const answer = cluster.admit(players.requestOf(cluster, step));
              const { status } = answer;
              count(answer);
              if (had) expect(['shared', 'refused']).toContain(status);
              if (status === 'granted') expect(cluster.status(id)).toBe('held');
              break;
            }
            case 'rung': {
              const known = players.known(id);
              const held = cluster.claims.get(id);
              if (known === undefined || held?.status !== ClaimStatus.Held) break;
              const answer = cluster.admit({
                ...players.climbs(cluster, step),
                ladder: { rung: (held.rung ?? 1) + 1, before: { acted: step.acted, keepMoney: step.acted } },
              });
              count(answer);
              // What it holds it has until it ends, unless it is sent back to the line, or has no money.
              if (answer.status === 'granted') expect(cluster.status(id)).toBe('held');
              break;
            }
            case 'vanish':
              cluster.vanish(id);
              break;
            case 'turn':
              cluster.turn();
              break;
            case 'pause': {
              const before = cluster.holders.filter((holder) => cluster.claims.get(holder)?.slot === 'taken');
              cluster.pause();
              expect(cluster.holders).toEqual(before);
              break;
            }
            case 'resume':
              cluster.resume();
              break;
            default:
              cluster.leave(
                leaving(id, {
                  ...{ acted: step.acted, keepMoney: step.acted, what: step.kind === 'leave' ? 'all' : step.kind },
                  outcome: step.acted ? 'remediated' : 'denied',
                }),
              );
          }
          checkSafety(cluster);
          for (const [to] of step.hears ? cluster.wakes : []) {
            const request = players.known(to);
            if (request !== undefined) count(cluster.admit(request));
            checkSafety(cluster);
          }
        }
        checkNobodyWaitsForEver(cluster, players);
      }),
      { numRuns: 300 },
    );
    for (const status of ['granted', 'joined', 'queued', 'shared', 'refused', 'denied'] as const) {
      expect(answers.get(status)).toBeGreaterThan(5);
    }
  });
});
