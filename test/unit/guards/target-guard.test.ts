import { describe, expect, it } from 'vitest';
import { enterTarget } from '../../../src/domain/guards/enter-target.ts';
import { leaveTarget } from '../../../src/domain/guards/leave-target.ts';
import type { Moment } from '../../../src/domain/guards/machine.ts';
import type { GuardMessage, Leave } from '../../../src/domain/guards/messages.ts';
import { resetTarget, yieldTarget } from '../../../src/domain/guards/order-target.ts';
import { targetMachine, targetView } from '../../../src/domain/guards/target-machine.ts';
import { type EnterTarget, NEW_TARGET_GUARD, type TargetGuardState } from '../../../src/domain/guards/target-state.ts';
import { aClause, at, entering, leaving } from './targets.ts';

/** A guard with its messages, as its workflow keeps it. */
class Guard {
  state: TargetGuardState = NEW_TARGET_GUARD;
  sent: readonly GuardMessage[] = [];

  enter(request: EnterTarget, moment: Moment) {
    const { state, messages, answer } = enterTarget(this.state, request, moment);
    this.state = state;
    this.sent = messages;
    return answer;
  }

  leave(leave: Leave, moment: Moment) {
    const { state, messages } = leaveTarget(this.state, leave, moment);
    this.state = state;
    this.sent = messages;
  }

  vanish(ids: string[], moment: Moment) {
    const { state, messages } = targetMachine.vanished(this.state, ids, moment);
    this.state = state;
    this.sent = messages;
  }
}

const wait = (id: string, more: Partial<EnterTarget> = {}) =>
  entering(id, { clause: aClause({ onBusy: 'wait', cooldownSeconds: 0 }), ...more });
const granted = { status: 'granted' };

describe('a free target', () => {
  it('is granted to the first, and to the first only', () => {
    const guard = new Guard();
    expect(guard.enter(entering('a'), at(0))).toEqual(granted);
    expect(guard.enter(entering('b'), at(0))).toEqual({ status: 'joined', leader: 'a' });
    expect(guard.enter(wait('c'), at(0))).toEqual({ status: 'queued', position: 1, text: 'The target is busy with a' });
    expect(guard.enter(wait('d'), at(0))).toMatchObject({ status: 'queued', position: 2 });
    expect(guard.state.holder?.remediationId).toBe('a');
  });

  it('answers the same one in the same way, and takes it in once', () => {
    const guard = new Guard();
    for (let i = 0; i < 2; i += 1) {
      expect(guard.enter(entering('a'), at(i))).toEqual(granted);
      expect(guard.enter(entering('b'), at(i))).toEqual({ status: 'joined', leader: 'a' });
      expect(guard.enter(wait('c'), at(i))).toMatchObject({ status: 'queued', position: 1 });
    }
    expect(targetView(guard.state, 0)).toMatchObject({ joined: 1, queue: [{ remediationId: 'c' }] });
  });
});

describe('a holder that leaves', () => {
  it('shares its end with those that joined, and passes the target to the first that waits', () => {
    const guard = new Guard();
    guard.enter(entering('a'), at(0));
    guard.enter(entering('b'), at(1));
    guard.enter(wait('c'), at(2));
    guard.enter(wait('d'), at(3));
    guard.leave(leaving('a', { outcome: 'denied', text: 'no money', acted: false }), at(4));
    expect(guard.sent).toEqual([
      { to: 'c', signal: 'guardTurn', payload: granted },
      { to: 'b', signal: 'guardLeaderEnded', payload: { leader: 'a', outcome: 'denied', text: 'no money' } },
    ]);
    expect(guard.state).toMatchObject({ holder: { remediationId: 'c' }, queue: [{ remediationId: 'd' }], joined: [] });
  });

  it('refuses those that wait for what it has just done, with the time', () => {
    const guard = new Guard();
    guard.enter(entering('a'), at(0));
    guard.enter(wait('b'), at(1));
    guard.enter(wait('c', { action: 'restart' }), at(1));
    guard.leave(leaving('a'), at(10));
    expect(guard.sent).toMatchObject([
      { to: 'b', signal: 'guardTurn', payload: { status: 'refused', reason: 'cooldown', until: at(310).now } },
      { to: 'c', signal: 'guardTurn', payload: granted },
    ]);
  });

  it('may have been one that only waited or joined', () => {
    const guard = new Guard();
    guard.enter(entering('a'), at(0));
    guard.enter(wait('b'), at(0));
    guard.enter(entering('c'), at(0));
    guard.leave(leaving('b', { outcome: 'suppressed', acted: false }), at(1));
    guard.leave(leaving('c', { outcome: 'cancelled', acted: false }), at(1));
    guard.leave(leaving('a'), at(2));
    expect(guard.sent).toEqual([]);
    expect(guard.state).toMatchObject({ queue: [], joined: [] });
    expect(guard.state.holder).toBeUndefined();
  });

  it('is not let in again by a request that comes late', () => {
    const guard = new Guard();
    guard.leave(leaving('a'), at(0));
    expect(guard.enter(entering('a'), at(1))).toMatchObject({ status: 'refused', reason: 'already_left' });
    expect(guard.state.holder).toBeUndefined();
    expect(guard.enter(entering('a'), at(901))).toEqual(granted);
  });

  it('is told again to one that joined and missed it', () => {
    const guard = new Guard();
    guard.enter(entering('a'), at(0));
    guard.enter(entering('b'), at(0));
    guard.leave(leaving('a', { acted: false }), at(1));
    expect(guard.enter(entering('b'), at(2))).toEqual({ status: 'joined', leader: 'a' });
    expect(guard.sent).toMatchObject([{ to: 'b', signal: 'guardLeaderEnded', payload: { leader: 'a' } }]);
  });
});

describe('a holder that vanishes', () => {
  it('is succeeded by one that joined, whose end the others then share', () => {
    const guard = new Guard();
    for (const id of ['a', 'b', 'c']) guard.enter(entering(id), at(0));
    guard.enter(wait('d'), at(0));
    guard.vanish(['a'], at(60));
    expect(guard.sent).toEqual([{ to: 'b', signal: 'guardTurn', payload: granted }]);
    expect(guard.enter(entering('c'), at(61))).toEqual({ status: 'joined', leader: 'b' });
    guard.leave(leaving('b', { acted: false }), at(70));
    expect(guard.sent).toMatchObject([
      { to: 'd', signal: 'guardTurn', payload: granted },
      { to: 'c', signal: 'guardLeaderEnded', payload: { leader: 'b' } },
    ]);
  });

  it('frees the target for the queue, and for nobody', () => {
    const guard = new Guard();
    guard.enter(entering('a'), at(0));
    guard.enter(wait('b'), at(0));
    guard.vanish(['a', 'x'], at(60));
    expect(guard.sent).toEqual([{ to: 'b', signal: 'guardTurn', payload: granted }]);
    guard.vanish(['b'], at(120));
    expect(guard.state.holder).toBeUndefined();
    expect(guard.enter(entering('e'), at(121))).toEqual(granted);
  });

  it('passes a turn that cannot be delivered to the next', () => {
    const guard = new Guard();
    guard.enter(entering('a'), at(0));
    guard.enter(wait('b'), at(0));
    guard.enter(wait('c'), at(0));
    guard.leave(leaving('a', { acted: false }), at(1));
    const [turn] = guard.sent;
    const next = targetMachine.undelivered(guard.state, turn!, at(2));
    expect(next.messages).toEqual([{ to: 'c', signal: 'guardTurn', payload: granted }]);
    // Too late for this one: somebody else has the target.
    expect(targetMachine.undelivered(next.state, turn!, at(3)).state).toBe(next.state);
  });
});

describe('the cooldown', () => {
  it('follows a change, by action, for the longer of both clauses', () => {
    const guard = new Guard();
    guard.enter(entering('a'), at(0));
    guard.leave(leaving('a'), at(100));
    expect(guard.enter(entering('b'), at(399))).toMatchObject({ reason: 'cooldown', until: at(400).now });
    expect(guard.enter(entering('c', { clause: aClause({ cooldownSeconds: 60 }) }), at(399))).toMatchObject({
      until: at(400).now,
    });
    expect(guard.enter(entering('d', { clause: aClause({ cooldownSeconds: 600 }) }), at(399))).toMatchObject({
      until: at(700).now,
    });
    expect(guard.enter(entering('e', { action: 'restart' }), at(399))).toEqual(granted);
    guard.leave(leaving('e', { acted: false }), at(399));
    expect(guard.enter(entering('f'), at(400))).toEqual(granted);
  });

  it('counts from the change where the holder says when that was', () => {
    const guard = new Guard();
    guard.enter(entering('a'), at(0));
    guard.leave(leaving('a', { actedAt: at(50).now }), at(200));
    expect(guard.enter(entering('b'), at(340))).toMatchObject({ until: at(350).now });
    expect(guard.enter(entering('b'), at(350))).toEqual(granted);
  });

  it('does not follow what changed nothing', () => {
    const guard = new Guard();
    guard.enter(entering('a'), at(0));
    guard.leave(leaving('a', { outcome: 'denied', acted: false }), at(1));
    expect(guard.enter(entering('b'), at(2))).toEqual(granted);
  });
});

describe('the breaker', () => {
  const clause = aClause({
    cooldownSeconds: 0,
    flapSeconds: 0,
    breaker: { failures: 2, windowSeconds: 100, openSeconds: 50 },
  });
  const fail = (guard: Guard, id: string, seconds: number, leave: Partial<Leave> = { outcome: 'rolled_back' }) => {
    expect(guard.enter(entering(id, { clause }), at(seconds))).toEqual(granted);
    guard.leave(leaving(id, leave), at(seconds));
  };
  const statusAt = (guard: Guard, seconds: number) => targetView(guard.state, at(seconds).now).breaker.status;

  it('opens at so many failures within the window, and names the time', () => {
    const guard = new Guard();
    fail(guard, 'a', 0);
    fail(guard, 'b', 10, { outcome: 'escalated' });
    expect(guard.enter(entering('c', { clause }), at(59))).toMatchObject({ reason: 'breaker_open', until: at(60).now });
    expect(statusAt(guard, 59)).toBe('open');
  });

  it('forgets failures that are older than the window, and does not count what changed nothing', () => {
    const guard = new Guard();
    fail(guard, 'a', 0);
    fail(guard, 'b', 101);
    fail(guard, 'c', 102, { outcome: 'escalated', acted: false });
    fail(guard, 'd', 103, { outcome: 'denied', acted: false });
    fail(guard, 'e', 104, { outcome: 'cancelled' });
    expect(statusAt(guard, 105)).toBe('closed');
  });

  it('lets one try when its time has passed: a cure closes it', () => {
    const guard = new Guard();
    fail(guard, 'a', 0);
    fail(guard, 'b', 0);
    expect(statusAt(guard, 50)).toBe('half_open');
    expect(guard.enter(entering('c', { clause }), at(50))).toEqual(granted);
    expect(guard.enter(entering('d', { clause }), at(50))).toEqual({ status: 'joined', leader: 'c' });
    guard.leave(leaving('c'), at(51));
    expect(statusAt(guard, 51)).toBe('closed');
    fail(guard, 'e', 52);
    expect(statusAt(guard, 52)).toBe('closed');
  });

  it('opens again when the trial fails, and stays half-open when it changed nothing', () => {
    const guard = new Guard();
    fail(guard, 'a', 0);
    fail(guard, 'b', 0);
    fail(guard, 'c', 50, { outcome: 'denied', acted: false });
    expect(statusAt(guard, 51)).toBe('half_open');
    fail(guard, 'd', 51);
    expect(statusAt(guard, 52)).toBe('open');
    expect(guard.enter(entering('e', { clause }), at(100))).toMatchObject({ until: at(101).now });
  });

  it('closes by itself when nobody tries for as long again', () => {
    const guard = new Guard();
    fail(guard, 'a', 0);
    fail(guard, 'b', 0);
    fail(guard, 'c', 100);
    expect(statusAt(guard, 100)).toBe('closed');
  });

  it('refuses those that waited for the holder whose failure opened it', () => {
    const guard = new Guard();
    fail(guard, 'a', 0);
    guard.enter(entering('b', { clause }), at(1));
    guard.enter(entering('c', { clause: { ...clause, onBusy: 'wait' } }), at(1));
    guard.leave(leaving('b', { outcome: 'rolled_back' }), at(2));
    expect(guard.sent).toMatchObject([{ to: 'c', payload: { status: 'refused', reason: 'breaker_open' } }]);
    expect(guard.state.holder).toBeUndefined();
  });

  it('is closed, and the cooldown ended, by a human', () => {
    const guard = new Guard();
    fail(guard, 'a', 0);
    fail(guard, 'b', 0);
    guard.state = resetTarget(guard.state, { by: 'ann', reason: 'fixed the image' }, at(1)).state;
    expect(statusAt(guard, 1)).toBe('closed');
    expect(guard.enter(entering('c', { clause }), at(1))).toEqual(granted);
    expect(targetView(guard.state, 0).recent.map(({ text }) => text)).toContain('Reset by ann: fixed the image');
  });
});

describe('an alert that fires again', () => {
  const clause = aClause({
    cooldownSeconds: 0,
    flapSeconds: 60,
    breaker: { failures: 2, windowSeconds: 1000, openSeconds: 50 },
  });
  const again = (id: string) => entering(id, { clause, alertKey: 'Throttled/1' });

  it('soon after its cure is a failure, once a cure', () => {
    const guard = new Guard();
    guard.enter(again('a'), at(0));
    guard.leave(leaving('a'), at(10));
    expect(guard.enter(again('b'), at(69))).toEqual(granted);
    expect(guard.enter(again('c'), at(69))).toEqual({ status: 'joined', leader: 'b' });
    expect(guard.state.breaker.failures).toHaveLength(1);
    guard.leave(leaving('b'), at(80));
    expect(guard.enter(again('d'), at(90))).toMatchObject({ status: 'refused', reason: 'breaker_open' });
  });

  it('later, or when it is another alert, is not', () => {
    const guard = new Guard();
    guard.enter(again('a'), at(0));
    guard.leave(leaving('a'), at(10));
    guard.enter(entering('b', { clause }), at(20));
    guard.leave(leaving('b', { outcome: 'denied', acted: false }), at(20));
    guard.enter(again('c'), at(70));
    expect(guard.state.breaker.failures).toEqual([]);
  });

  it('is the same request when its answer was lost', () => {
    const guard = new Guard();
    guard.enter(again('a'), at(0));
    guard.leave(leaving('a'), at(10));
    guard.enter(again('b'), at(20));
    guard.enter(again('b'), at(21));
    expect(guard.state.breaker.failures).toHaveLength(1);
  });
});

describe('a holder that only leases the target', () => {
  const leased = () => {
    const guard = new Guard();
    guard.enter(entering('a'), at(0));
    guard.state = yieldTarget(guard.state, { remediationId: 'a' }, at(100)).state;
    return guard;
  };

  it('is asked to make way for the first that comes, whom the next ones join', () => {
    const guard = leased();
    expect(guard.enter(entering('b'), at(500))).toMatchObject({ status: 'queued', position: 1 });
    expect(guard.sent).toEqual([{ to: 'a', signal: 'guardYield', payload: { to: 'b' } }]);
    expect(guard.enter(entering('c'), at(501))).toEqual({ status: 'joined', leader: 'b' });
    guard.leave(leaving('a'), at(502));
    expect(guard.sent).toEqual([{ to: 'b', signal: 'guardTurn', payload: granted }]);
    guard.leave(leaving('b', { acted: false }), at(503));
    expect(guard.sent).toMatchObject([{ to: 'c', signal: 'guardLeaderEnded', payload: { leader: 'b' } }]);
  });

  it('is left alone for one that could not act after it', () => {
    const guard = new Guard();
    guard.enter(entering('a'), at(0));
    guard.state = yieldTarget(guard.state, { remediationId: 'a', actedAt: at(1).now }, at(100)).state;
    expect(guard.enter(entering('b'), at(101))).toMatchObject({
      status: 'refused',
      reason: 'cooldown',
    });
    expect(guard.state).toMatchObject({ holder: { remediationId: 'a' }, queue: [], joined: [] });
    expect(guard.sent).toEqual([]);
  });

  it('has cured its alert: the same one again is a flap, counted once', () => {
    const guard = new Guard();
    guard.enter(entering('a', { alertKey: 'Throttled/1' }), at(0));
    guard.state = yieldTarget(guard.state, { remediationId: 'a', actedAt: at(1).now }, at(100)).state;
    guard.enter(entering('b', { alertKey: 'Throttled/1' }), at(110));
    guard.leave(leaving('a'), at(120));
    expect(guard.state.breaker.failures).toHaveLength(1);
    expect(guard.state.cures).toEqual([]);
  });

  it('is asked at once if somebody waits already', () => {
    const guard = new Guard();
    guard.enter(entering('a'), at(0));
    guard.enter(wait('b'), at(1));
    const { state, messages } = yieldTarget(guard.state, { remediationId: 'a' }, at(2));
    expect(messages).toEqual([{ to: 'a', signal: 'guardYield', payload: { to: 'b' } }]);
    expect(yieldTarget(state, { remediationId: 'b' }, at(3)).state).toBe(state);
  });

  it('shares the end of whoever waits and gives up with those that joined it', () => {
    const guard = leased();
    guard.enter(entering('b'), at(500));
    guard.enter(entering('c'), at(500));
    guard.leave(leaving('b', { outcome: 'suppressed', text: 'no turn', acted: false }), at(501));
    expect(guard.sent).toEqual([
      { to: 'c', signal: 'guardLeaderEnded', payload: { leader: 'b', outcome: 'suppressed', text: 'no turn' } },
    ]);
    expect(guard.state).toMatchObject({ holder: { remediationId: 'a' }, queue: [], joined: [] });
  });
});

describe('what is remembered', () => {
  it('ends when the last of it has passed, and never while somebody holds the target', () => {
    const guard = new Guard();
    guard.enter(entering('a'), at(0));
    expect(targetMachine.endsAt(guard.state, at(0))).toBeUndefined();
    guard.leave(leaving('a'), at(0));
    expect(targetMachine.endsAt(guard.state, at(0))).toBe(at(900).now);
    const clause = aClause({ flapSeconds: 3000 });
    guard.enter(entering('b', { clause, action: 'restart' }), at(1));
    guard.leave(leaving('b'), at(1));
    expect(targetMachine.endsAt(guard.state, at(1))).toBe(at(3001).now);
  });

  it('is bounded, and says so', () => {
    const guard = new Guard();
    guard.enter(entering('holder'), at(0));
    const joined = Array.from({ length: 2000 }, (_, index) => ({
      ...entering(`j${index}`),
      since: at(0).now,
      leader: 'holder',
    }));
    guard.state = { ...guard.state, joined };
    expect(guard.enter(entering('b'), at(1))).toMatchObject({ status: 'refused', reason: 'too_many_waiting' });
  });

  it('is shown to people without what an alert could smuggle in', () => {
    const guard = new Guard();
    guard.enter(entering('a'), at(0));
    guard.leave(leaving('a', { text: '[click](http://evil.example)\n# big\u202e' }), at(1));
    const details = targetMachine.details(guard.state, at(1).now);
    expect(details).not.toMatch(/[^\\]\[click\]|\n#|\u202e/u);
    expect(details).toContain('**Holder:** nobody');
  });
});
