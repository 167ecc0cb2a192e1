import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enterCluster, leaveCluster, pauseCluster } from '../../../src/domain/guards/cluster-guard.ts';
import { clusterMachine, clusterView } from '../../../src/domain/guards/cluster-machine.ts';
import {
  type ClusterGuardState,
  type ClusterLimits,
  type EnterCluster,
  NEW_CLUSTER_GUARD,
} from '../../../src/domain/guards/cluster-state.ts';
import type { Moment, Transition } from '../../../src/domain/guards/machine.ts';
import type { GuardMessage, Leave } from '../../../src/domain/guards/messages.ts';
import { at, leaving } from './targets.ts';

const open: ClusterLimits = {
  maxConcurrent: 100,
  maxActionsPerHour: 100,
  blastRadius: { percent: 100, windowSeconds: 600 },
  overLimit: 'wait',
};

const asking = (id: string, limits: Partial<ClusterLimits> = {}, more: Partial<EnterCluster> = {}): EnterCluster => ({
  remediationId: id,
  namespace: 'shop',
  target: `default/shop/Deployment/${id}`,
  workloadsInNamespace: 1000,
  limits: { ...open, ...limits },
  ...more,
});

class Guard {
  state: ClusterGuardState = NEW_CLUSTER_GUARD;
  sent: readonly GuardMessage[] = [];

  enter(request: EnterCluster, moment: Moment) {
    const answered = enterCluster(this.state, request, moment);
    this.take(answered);
    return answered.answer;
  }

  leave(leave: Leave, moment: Moment) {
    this.take(leaveCluster(this.state, leave, moment));
  }

  take({ state, messages }: Transition<ClusterGuardState>) {
    this.state = state;
    this.sent = messages;
  }

  get holders() {
    return this.state.holders.map(({ remediationId }) => remediationId);
  }
}

const granted = { status: 'granted' };
const turn = (to: string) => ({ to, signal: 'clusterTurn', payload: granted });

describe('so many at once', () => {
  const limits = { maxConcurrent: 2 };

  it('are let in, the others wait for their turn in their order', () => {
    const guard = new Guard();
    expect(guard.enter(asking('a', limits), at(0))).toEqual(granted);
    expect(guard.enter(asking('b', limits), at(0))).toEqual(granted);
    expect(guard.enter(asking('c', limits), at(0))).toEqual({
      status: 'queued',
      position: 1,
      text: '2 remediations are at work in the cluster; 2 may be',
    });
    expect(guard.enter(asking('d', limits), at(0))).toMatchObject({ status: 'queued', position: 2 });
    guard.leave(leaving('b'), at(1));
    expect(guard.sent).toEqual([turn('c')]);
    expect(guard.holders).toEqual(['a', 'c']);
  });

  it('or are refused with the reason where the settings say so', () => {
    const guard = new Guard();
    const suppress = { ...limits, overLimit: 'suppress' } as const;
    guard.enter(asking('a', suppress), at(0));
    guard.enter(asking('b', suppress), at(0));
    expect(guard.enter(asking('c', suppress), at(0))).toMatchObject({ status: 'refused', reason: 'max_concurrent' });
    expect(guard.state.queue).toEqual([]);
  });

  it('hear the same again, and are not let in after they have left', () => {
    const guard = new Guard();
    for (let i = 0; i < 2; i += 1) {
      expect(guard.enter(asking('a', { maxConcurrent: 1 }), at(i))).toEqual(granted);
      expect(guard.enter(asking('b', { maxConcurrent: 1 }), at(i))).toMatchObject({ status: 'queued', position: 1 });
    }
    guard.leave(leaving('b'), at(2));
    guard.leave(leaving('a'), at(3));
    expect(guard.sent).toEqual([]);
    expect(guard.enter(asking('a'), at(4))).toMatchObject({ status: 'refused', reason: 'already_left' });
  });

  it('may grow when the settings do', () => {
    const guard = new Guard();
    for (const id of ['a', 'b']) guard.enter(asking(id, { maxConcurrent: 1 }), at(0));
    expect(guard.enter(asking('c', { maxConcurrent: 3 }), at(1))).toEqual(granted);
    expect(guard.sent).toEqual([turn('b')]);
  });

  it('make room when one vanishes or cannot be told its turn', () => {
    const guard = new Guard();
    for (const id of ['a', 'b', 'c']) guard.enter(asking(id, { maxConcurrent: 1 }), at(0));
    guard.take(clusterMachine.vanished(guard.state, ['a'], at(60)));
    expect(guard.sent).toEqual([turn('b')]);
    guard.take(clusterMachine.undelivered(guard.state, guard.sent[0]!, at(61)));
    expect(guard.sent).toEqual([turn('c')]);
    expect(clusterView(guard.state, at(62).now).actionsInLastHour).toBe(1);
  });
});

describe('so many changes an hour', () => {
  const limits = { maxActionsPerHour: 2 };

  it('count those that hold a slot and those that changed something', () => {
    const guard = new Guard();
    guard.enter(asking('a', limits), at(0));
    guard.leave(leaving('a', { actedAt: at(10).now }), at(20));
    guard.enter(asking('b', limits), at(30));
    expect(guard.enter(asking('c', limits), at(40))).toMatchObject({
      status: 'queued',
      text: '2 changes an hour are allowed in the cluster',
    });
    guard.leave(leaving('b', { outcome: 'denied', acted: false }), at(50));
    expect(guard.sent).toEqual([turn('c')]);
  });

  it('wake those that wait when the hour has passed', () => {
    const guard = new Guard();
    for (const [index, id] of ['a', 'b'].entries()) {
      guard.enter(asking(id, limits), at(index * 100));
      guard.leave(leaving(id), at(index * 100));
    }
    guard.enter(asking('c', limits), at(200));
    guard.enter(asking('d', limits), at(200));
    expect(clusterMachine.wakesAt(guard.state, at(200))).toBe(at(3600).now);
    guard.take(clusterMachine.wake(guard.state, at(3599)));
    expect(guard.sent).toEqual([]);
    guard.take(clusterMachine.wake(guard.state, at(3600)));
    expect(guard.sent).toEqual([turn('c')]);
    expect(clusterMachine.wakesAt(guard.state, at(3600))).toBe(at(3700).now);
  });

  it('tell the one that is refused until when', () => {
    const guard = new Guard();
    const suppress = { maxActionsPerHour: 1, overLimit: 'suppress' } as const;
    guard.enter(asking('a', suppress), at(0));
    expect(guard.enter(asking('b', suppress), at(1))).toMatchObject({ reason: 'max_actions_per_hour' });
    guard.leave(leaving('a'), at(5));
    expect(guard.enter(asking('c', suppress), at(6))).toMatchObject({ until: at(3605).now });
  });
});

describe('so large a share of a namespace', () => {
  const limits = { blastRadius: { percent: 30, windowSeconds: 600 } };
  const of10 = { workloadsInNamespace: 10 };

  it('may change in the window, and other namespaces go on', () => {
    const guard = new Guard();
    for (const id of ['a', 'b']) {
      guard.enter(asking(id, limits, of10), at(0));
      guard.leave(leaving(id), at(1));
    }
    expect(guard.enter(asking('c', limits, of10), at(2))).toEqual(granted);
    expect(guard.enter(asking('d', limits, of10), at(3))).toMatchObject({
      status: 'queued',
      text: '3 of 10 workloads in namespace shop have been changed in 600 s; 30 % are allowed',
    });
    expect(guard.enter(asking('e', limits, of10), at(3))).toMatchObject({ position: 2 });
    expect(guard.enter(asking('f', limits, { namespace: 'bank', workloadsInNamespace: 1 }), at(3))).toEqual(granted);
    expect(clusterMachine.wakesAt(guard.state, at(3))).toBe(at(601).now);
    guard.take(clusterMachine.wake(guard.state, at(601)));
    expect(guard.sent).toEqual([turn('d'), turn('e')]);
  });

  it('counts a workload once, and lets it be changed again', () => {
    const guard = new Guard();
    const target = 'default/shop/Deployment/x';
    for (const id of ['a', 'b', 'c']) {
      expect(guard.enter(asking(id, limits, { workloadsInNamespace: 2, target }), at(0))).toEqual(granted);
      guard.leave(leaving(id), at(1));
    }
    expect(guard.enter(asking('d', limits, { workloadsInNamespace: 2 }), at(2))).toMatchObject({ status: 'queued' });
  });

  it('is always at least one workload, however few there are', () => {
    for (const workloadsInNamespace of [0, 1, 3]) {
      const guard = new Guard();
      expect(guard.enter(asking('a', limits, { workloadsInNamespace }), at(0))).toEqual(granted);
      expect(guard.enter(asking('b', limits, { workloadsInNamespace }), at(0))).toMatchObject({ status: 'queued' });
    }
  });
});

describe('the pause switch', () => {
  const order = { by: 'ann', reason: 'release freeze' };

  it('is told to the holders, and holds everybody else until it is off', () => {
    const guard = new Guard();
    for (const id of ['a', 'b']) guard.enter(asking(id), at(0));
    guard.take(pauseCluster(guard.state, { paused: true, ...order }, at(1)));
    const told = (to: string, paused: boolean, text = order) => ({
      to,
      signal: 'guardPaused',
      payload: { paused, ...text },
    });
    expect(guard.sent).toEqual([told('a', true), told('b', true)]);
    guard.leave(leaving('a'), at(2));
    expect(guard.enter(asking('c'), at(3))).toEqual({
      status: 'queued',
      position: 1,
      text: 'All changes are paused by ann: release freeze',
    });
    const over = { by: 'bob', reason: 'over' };
    guard.take(pauseCluster(guard.state, { paused: false, ...over }, at(4)));
    expect(guard.sent).toEqual([told('b', false, over), turn('c')]);
  });

  it('refuses where nobody is to wait, says the same only once, and can be given before anybody has come', () => {
    const guard = new Guard();
    guard.take(pauseCluster(guard.state, { paused: true, ...order }, at(0)));
    expect(guard.enter(asking('a', { overLimit: 'suppress' }), at(1))).toMatchObject({ reason: 'paused' });
    guard.take(pauseCluster(guard.state, { paused: false, ...order }, at(2)));
    guard.enter(asking('b'), at(3));
    guard.take(pauseCluster(guard.state, { paused: true, ...order }, at(4)));
    guard.take(pauseCluster(guard.state, { paused: true, ...order }, at(5)));
    expect(guard.sent).toEqual([]);
    expect(guard.state.pause?.since).toBe(at(4).now);
    guard.take(pauseCluster(guard.state, { paused: true, by: 'bob', reason: 'still' }, at(6)));
    expect(guard.sent).toMatchObject([{ to: 'b', payload: { by: 'bob' } }]);
  });

  it('shows people who and why', () => {
    const { state } = pauseCluster(NEW_CLUSTER_GUARD, { paused: true, by: '*ann*', reason: 'x\ny' }, at(0));
    expect(clusterMachine.details(state, at(0).now)).toContain('by \\*ann\\*: x y');
    expect(clusterView(state, at(0).now).paused).toMatchObject({ by: '*ann*' });
  });
});

describe('the cluster guard, whatever happens in whatever order', { timeout: 60_000 }, () => {
  const step = fc.record({
    kind: fc.constantFrom('enter', 'leave', 'pause', 'resume', 'vanish', 'wake'),
    who: fc.nat(30),
    namespace: fc.constantFrom('shop', 'bank'),
    acted: fc.boolean(),
    seconds: fc.integer({ min: 0, max: 900 }),
  });
  const limitsArbitrary = fc.record({
    maxConcurrent: fc.integer({ min: 1, max: 4 }),
    maxActionsPerHour: fc.integer({ min: 1, max: 6 }),
    blastRadius: fc.record({ percent: fc.constantFrom(10, 50), windowSeconds: fc.constantFrom(300, 7200) }),
    overLimit: fc.constantFrom('wait' as const, 'suppress' as const),
  });

  it('never lets more act than any limit allows, and loses nobody that waits', () => {
    fc.assert(
      fc.property(limitsArbitrary, fc.array(step, { maxLength: 120, size: 'max' }), (limits, steps) => {
        const guard = new Guard();
        const waiting = new Set<string>();
        const acts: { at: number; namespace: string; target: string }[] = [];
        let seconds = 0;
        const hear = () => {
          for (const { to, signal } of guard.sent) {
            if (signal === 'clusterTurn') expect(waiting.delete(to)).toBe(true);
          }
        };
        for (const { kind, who, namespace, acted, seconds: more } of steps) {
          seconds += more;
          const moment = at(seconds);
          const id = `r${who}`;
          const holder = guard.state.holders.find(({ remediationId }) => remediationId === id);
          if (kind === 'enter') {
            const known = waiting.has(id);
            const answer = guard.enter(asking(id, limits, { namespace, workloadsInNamespace: 6 }), moment);
            if (answer.status === 'queued') waiting.add(id);
            else if (known) expect(answer.status).toBe('granted');
            if (answer.status === 'granted') waiting.delete(id);
          } else if (kind === 'leave') {
            if (holder !== undefined && acted)
              acts.push({ at: moment.now, namespace: holder.namespace, target: holder.target });
            waiting.delete(id);
            guard.leave(leaving(id, { acted }), moment);
          } else if (kind === 'vanish') {
            if (holder !== undefined) acts.push({ at: moment.now, namespace: holder.namespace, target: holder.target });
            guard.take(clusterMachine.vanished(guard.state, [id], moment));
          } else if (kind === 'wake') {
            guard.take(clusterMachine.wake(guard.state, moment));
          } else {
            const before = guard.holders;
            guard.take(pauseCluster(guard.state, { paused: kind === 'pause', by: 'ann', reason: 'test' }, moment));
            if (kind === 'pause') expect(guard.holders).toEqual(before);
          }
          hear();
          guard.state = JSON.parse(JSON.stringify(guard.state)) as ClusterGuardState;

          const { holders, queue } = guard.state;
          expect(holders.length).toBeLessThanOrEqual(limits.maxConcurrent);
          expect(new Set(queue.map(({ remediationId }) => remediationId))).toEqual(waiting);
          const lastHour = acts.filter((act) => act.at > moment.now - 3_600_000);
          expect(lastHour.length + holders.length).toBeLessThanOrEqual(limits.maxActionsPerHour);
          for (const name of ['shop', 'bank']) {
            const { percent, windowSeconds } = limits.blastRadius;
            const changed = new Set(
              [...acts.filter((act) => act.at > moment.now - windowSeconds * 1000), ...holders]
                .filter((place) => place.namespace === name)
                .map(({ target }) => target),
            );
            expect(changed.size).toBeLessThanOrEqual(Math.max(1, Math.floor((6 * percent) / 100)));
          }
        }
      }),
      { numRuns: 120 },
    );
  });
});
