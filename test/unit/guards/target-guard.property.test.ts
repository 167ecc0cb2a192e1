import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enterTarget } from '../../../src/domain/guards/enter-target.ts';
import { leaveTarget } from '../../../src/domain/guards/leave-target.ts';
import type { Transition } from '../../../src/domain/guards/machine.ts';
import type { GuardMessage } from '../../../src/domain/guards/messages.ts';
import { resetTarget, yieldTarget } from '../../../src/domain/guards/order-target.ts';
import { targetMachine } from '../../../src/domain/guards/target-machine.ts';
import { NEW_TARGET_GUARD, type TargetGuardState } from '../../../src/domain/guards/target-state.ts';
import type { Outcome } from '../../../src/domain/remediation/outcome.ts';
import { aClause, at, entering, leaving } from './targets.ts';

/** What a remediation believes, from answers and signals alone. */
type Belief = 'asked_nobody' | 'holds' | 'waits' | 'joined' | 'over' | 'vanished';

interface Model {
  readonly beliefs: Map<string, Belief>;
  now: number;
}

class Real {
  state: TargetGuardState = NEW_TARGET_GUARD;
}

const IDS = Array.from({ length: 12 }, (_, index) => `r${index}`);

/** Delivers messages at once; those to remediations that have vanished come back, as the server does it. */
function settle(model: Model, real: Real, { state, messages }: Transition<TargetGuardState>): void {
  // What one run hands to the next is JSON.
  real.state = JSON.parse(JSON.stringify(state)) as TargetGuardState;
  for (const message of messages) deliver(model, real, message);
}

function deliver(model: Model, real: Real, message: GuardMessage): void {
  const belief = model.beliefs.get(message.to);
  if (belief === 'vanished' || belief === 'over') {
    settle(model, real, targetMachine.undelivered(real.state, message, at(model.now)));
  } else if (message.signal === 'guardTurn') {
    expect(['waits', 'joined']).toContain(belief);
    model.beliefs.set(message.to, message.payload.status === 'granted' ? 'holds' : 'over');
  } else if (message.signal === 'guardLeaderEnded') {
    expect(belief).toBe('joined');
    model.beliefs.set(message.to, 'over');
  }
}

function check(model: Model, { state }: Real): void {
  const holding = [...model.beliefs].filter(([, belief]) => belief === 'holds').map(([id]) => id);
  expect(holding.length).toBeLessThanOrEqual(1);
  const [holder] = holding;
  if (holder !== undefined) expect(state.holder?.remediationId).toBe(holder);
  const places = [state.holder, ...state.queue, ...state.joined].flatMap((hold) => hold?.remediationId ?? []);
  expect(new Set(places).size).toBe(places.length);
  for (const [id, belief] of model.beliefs) {
    // Nobody that waits or has joined is forgotten.
    if (belief === 'waits') expect(state.queue.map(({ remediationId }) => remediationId)).toContain(id);
    if (belief === 'joined') expect(state.joined.map(({ remediationId }) => remediationId)).toContain(id);
  }
  const leaders = [state.holder, ...state.queue].flatMap((hold) => hold?.remediationId ?? []);
  for (const { leader } of state.joined) expect(leaders).toContain(leader);
  // With nobody on the target, nobody is left waiting for it.
  if (state.holder === undefined) expect(places).toEqual([]);
}

type Command = fc.Command<Model, Real>;

function command(
  name: string,
  run: (model: Model, real: Real) => void,
  possible: (model: Model) => boolean = () => true,
): Command {
  return {
    check: (model) => possible(model),
    run: (model, real) => {
      run(model, real);
      check(model, real);
    },
    toString: () => name,
  };
}

const clauseArbitrary = fc.record({
  onBusy: fc.constantFrom('join' as const, 'wait' as const),
  cooldownSeconds: fc.constantFrom(0, 20),
  flapSeconds: fc.constantFrom(0, 30),
  breaker: fc.record({
    failures: fc.integer({ min: 1, max: 3 }),
    windowSeconds: fc.constant(60),
    openSeconds: fc.constant(40),
  }),
});
const outcomes: Outcome[] = ['remediated', 'rolled_back', 'escalated', 'denied', 'cancelled'];
const id = fc.constantFrom(...IDS);

const commands = [
  fc
    .tuple(id, clauseArbitrary, fc.constantFrom('scale', 'restart'), fc.integer({ min: 0, max: 3 }))
    .map(([remediationId, clause, action, alert]) =>
      command(
        `enter ${remediationId} ${clause.onBusy}`,
        (model, real) => {
          const request = entering(remediationId, { clause: aClause(clause), action, alertKey: `A/${alert}` });
          const answered = enterTarget(real.state, request, at(model.now));
          // The answer is heard before any signal that it caused.
          const { status } = answered.answer;
          const beliefs = { granted: 'holds', queued: 'waits', joined: 'joined', refused: 'over' } as const;
          const before = model.beliefs.get(remediationId);
          if (before === undefined) model.beliefs.set(remediationId, beliefs[status]);
          else expect(beliefs[status]).toBe(before);
          settle(model, real, answered);
        },
        // Asked again only while it may still be waiting for its answer.
        (model) => !['over', 'vanished'].includes(model.beliefs.get(remediationId) ?? ''),
      ),
    ),
  fc.tuple(id, fc.constantFrom(...outcomes), fc.boolean()).map(([remediationId, outcome, acted]) =>
    command(
      `leave ${remediationId} ${outcome}`,
      (model, real) => {
        model.beliefs.set(remediationId, 'over');
        settle(model, real, leaveTarget(real.state, leaving(remediationId, { outcome, acted }), at(model.now)));
      },
      (model) => ['holds', 'waits', 'joined'].includes(model.beliefs.get(remediationId) ?? ''),
    ),
  ),
  id.map((remediationId) =>
    command(
      `vanish ${remediationId}`,
      (model) => void model.beliefs.set(remediationId, 'vanished'),
      // A queue full of the dead is cleared at its turn; only the living must not be lost.
      (model) => model.beliefs.get(remediationId) === 'holds',
    ),
  ),
  fc.constant(
    command('probe', (model, real) => {
      const ended = [...model.beliefs]
        .filter(([, belief]) => ['vanished', 'over'].includes(belief))
        .map(([who]) => who);
      settle(model, real, targetMachine.vanished(real.state, ended, at(model.now)));
      const { holder } = real.state;
      if (holder !== undefined) expect(model.beliefs.get(holder.remediationId)).toBe('holds');
    }),
  ),
  id.map((remediationId) =>
    command(
      `yield ${remediationId}`,
      (model, real) => settle(model, real, yieldTarget(real.state, { remediationId }, at(model.now))),
      (model) => model.beliefs.get(remediationId) === 'holds',
    ),
  ),
  fc.constant(
    command('reset', (model, real) =>
      settle(model, real, resetTarget(real.state, { by: 'ann', reason: 'test' }, at(model.now))),
    ),
  ),
  fc.integer({ min: 1, max: 50 }).map((seconds) => command(`+${seconds} s`, (model) => void (model.now += seconds))),
];

describe('the target guard, whatever happens in whatever order', { timeout: 60_000 }, () => {
  it('never has two holders, and loses nobody that waits', () => {
    fc.assert(
      fc.property(fc.commands(commands, { maxCommands: 80, size: 'max' }), (steps) => {
        fc.modelRun(() => ({ model: { beliefs: new Map(), now: 0 }, real: new Real() }), steps);
      }),
      { numRuns: 150 },
    );
  });
});
