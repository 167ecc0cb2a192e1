import { describe, expect, it } from 'vitest';
import type { AdmitRequest } from '../../../src/domain/admission/admission.ts';
import type { ClusterLimits } from '../../../src/domain/guards/cluster-limits.ts';
import { aClause, asking, leaving } from '../../support/store/requests.ts';
import { MemoryCluster } from './memory-cluster.ts';

const granted = { status: 'granted' };
/** Asks in turn, and gives the statuses. */
const askAll = (cluster: MemoryCluster, ids: readonly string[], more: Partial<AdmitRequest> = {}) =>
  ids.map((id) => cluster.admit(asking(id, more)).status);

describe('so many at once', () => {
  const limits = { maxConcurrent: 2 };

  it('are let in, the others wait for their turn in their order', () => {
    const cluster = new MemoryCluster(limits);
    expect(askAll(cluster, ['a', 'b'])).toEqual(['granted', 'granted']);
    expect(cluster.admit(asking('c'))).toEqual({
      ...{ status: 'queued', position: 1 },
      text: '2 remediations are at work in the cluster; 2 may be',
    });
    expect(cluster.admit(asking('d'))).toMatchObject({ status: 'queued', position: 2 });
    cluster.leave(leaving('b'));
    expect(cluster.wakes).toEqual([['c', 'turn']]);
    expect(cluster.admit(asking('d'))).toMatchObject({ status: 'queued' });
    expect(cluster.admit(asking('c'))).toMatchObject(granted);
    expect(cluster.holders).toEqual(['a', 'c']);
  });

  it('or are refused with the reason where the settings say so', () => {
    const cluster = new MemoryCluster({ ...limits, overLimit: 'suppress' });
    askAll(cluster, ['a', 'b']);
    expect(cluster.admit(asking('c'))).toMatchObject({ status: 'refused', reason: 'max_concurrent' });
    expect(cluster.status('c')).toBeUndefined();
    // A holder that has died refuses nobody any more as soon as it was looked at.
    cluster.vanish('a');
    expect(cluster.admit(asking('c'))).toMatchObject(granted);
  });

  it('may grow when the settings do', () => {
    const cluster = new MemoryCluster({ maxConcurrent: 1 });
    askAll(cluster, ['a', 'b']);
    cluster.limits = { ...cluster.limits, maxConcurrent: 3 };
    expect(cluster.admit(asking('c'))).toMatchObject(granted);
    expect(cluster.wakes).toEqual([['b', 'turn']]);
  });

  it('wait without a hold on their target, and are joined there', () => {
    const cluster = new MemoryCluster({ maxConcurrent: 1 });
    const target = 'default/shop/Deployment/api';
    askAll(cluster, ['a', 'b']);
    cluster.leave(leaving('b', { acted: false }));
    expect(cluster.admit(asking('c', { target }))).toMatchObject({ status: 'queued' });
    expect(cluster.admit(asking('d', { target }))).toEqual({ status: 'joined', leader: 'c' });
    expect(cluster.claims.get('c')).toMatchObject({ status: 'queued', epoch: 0 });
  });
});

describe('the order of turns', () => {
  const limits = { maxConcurrent: 1 };
  /** Ends the holder again and again; gives who had a turn, in order. */
  function serve(cluster: MemoryCluster, requests: readonly AdmitRequest[]): string[] {
    const served: string[] = [];
    for (let [holder] = cluster.holders; holder !== undefined;) {
      cluster.leave(leaving(holder, { acted: false }));
      const [wake] = cluster.wakes;
      if (wake === undefined) return served;
      [holder] = wake;
      served.push(holder);
      const request = requests.find(({ remediationId }) => remediationId === holder);
      if (request !== undefined) expect(cluster.admit(request)).toMatchObject(granted);
    }
    return served;
  }

  it('goes by severity, then by turns of namespaces, then by arrival', () => {
    const cluster = new MemoryCluster(limits);
    cluster.admit(asking('first'));
    const requests = [
      ...['s1', 's2', 's3'].map((id) => asking(id, { namespace: 'shop' })),
      ...['b1', 'b2'].map((id) => asking(id, { namespace: 'bank' })),
      asking('info', { severity: 'info' }),
      asking('page', { severity: 'critical' }),
    ];
    for (const request of requests) cluster.admit(request);
    expect(serve(cluster, requests)).toEqual(['page', 'b1', 's1', 'b2', 's2', 's3', 'info']);
  });

  it('is that of the most severe of those that share an end', () => {
    const cluster = new MemoryCluster(limits);
    const target = 'default/shop/Deployment/api';
    const requests = [asking('a'), asking('b', { target }), asking('c', { target, severity: 'critical' })];
    cluster.admit(asking('first'));
    expect(requests.map((request) => cluster.admit(request).status)).toEqual(['queued', 'queued', 'joined']);
    expect(serve(cluster, requests)[0]).toBe('b');
  });
});

describe('so many changes an hour', () => {
  const limits = { maxActionsPerHour: 2 };

  it('count those that hold a slot and those that changed something', () => {
    const cluster = new MemoryCluster(limits);
    cluster.admit(asking('a'));
    cluster.leave(leaving('a', { actedAt: cluster.at(0) }));
    cluster.admit(asking('b'));
    expect(cluster.admit(asking('c'))).toMatchObject({
      ...{ status: 'queued', text: '2 changes an hour are allowed in the cluster' },
    });
    cluster.leave(leaving('b', { outcome: 'denied', acted: false }));
    expect(cluster.wakes).toEqual([['c', 'turn']]);
  });

  it('count what came before a change by itself, whether that was done or not', () => {
    const prelude = { action: 'relax_pdb', namespace: 'shop', target: 'default/shop/PodDisruptionBudget/api' };
    for (const [acted, actions] of [
      [true, ['relax_pdb', 'scale']],
      [false, ['relax_pdb']],
    ] as const) {
      const cluster = new MemoryCluster();
      cluster.admit(asking('a'));
      cluster.leave(leaving('a', { what: 'slot', acted, prelude }));
      cluster.leave(leaving('a', { acted, prelude }));
      expect(cluster.acts.map(({ target }) => target)).toEqual(
        actions.map((action) => (action === 'relax_pdb' ? prelude.target : asking('a').target)),
      );
    }
  });

  it('count a change once, whether the slot or all is given back', () => {
    const cluster = new MemoryCluster();
    cluster.admit(asking('a'));
    for (let i = 0; i < 2; i += 1) cluster.leave(leaving('a', { what: 'slot' }));
    cluster.leave(leaving('a'));
    cluster.leave(leaving('a'));
    expect(cluster.acts).toHaveLength(1);
  });

  it('count each plan of a ladder that changed something', () => {
    const cluster = new MemoryCluster();
    for (const action of ['scale', 'restart']) {
      expect(cluster.admit(asking('a', { action }))).toMatchObject(granted);
      cluster.leave(leaving('a', { what: 'slot', outcome: 'rolled_back' }));
    }
    expect(cluster.acts).toHaveLength(2);
    expect(cluster.status('a')).toBe('held');
  });

  it('let those that wait go on when the hour has passed', () => {
    const cluster = new MemoryCluster(limits);
    for (const id of ['a', 'b']) {
      cluster.admit(asking(id));
      cluster.leave(leaving(id));
      cluster.seconds += 100;
    }
    askAll(cluster, ['c', 'd']);
    for (const [seconds, wakes] of [
      [3599, []],
      [3600, [['c', 'turn']]],
    ] as const) {
      cluster.seconds = seconds;
      cluster.turn();
      expect(cluster.wakes).toEqual(wakes);
    }
  });

  it('tell the one that is refused until when', () => {
    const cluster = new MemoryCluster({ maxActionsPerHour: 1, overLimit: 'suppress' });
    cluster.admit(asking('a'));
    expect(cluster.admit(asking('b'))).toMatchObject({ reason: 'max_actions_per_hour' });
    cluster.seconds = 5;
    cluster.leave(leaving('a'));
    expect(cluster.admit(asking('c'))).toMatchObject({ until: cluster.at(3605) });
  });
});

describe('so large a share of a namespace', () => {
  const limits = { blastRadius: { percent: 30, windowSeconds: 600 } };
  const of10 = { workloadsInNamespace: 10 };

  it('may change in the window, and other namespaces go on', () => {
    const cluster = new MemoryCluster(limits);
    for (const id of ['a', 'b']) {
      cluster.admit(asking(id, of10));
      cluster.seconds = 1;
      cluster.leave(leaving(id));
    }
    expect(cluster.admit(asking('c', of10))).toMatchObject(granted);
    expect(cluster.admit(asking('d', of10))).toMatchObject({
      status: 'queued',
      text: '3 of 10 workloads in namespace shop have been changed in 600 s; 30 % are allowed',
    });
    expect(cluster.admit(asking('e', of10))).toMatchObject({ position: 2 });
    const bank = { namespace: 'bank', workloadsInNamespace: 1 };
    expect(cluster.admit(asking('f', bank))).toMatchObject(granted);
    cluster.seconds = 601;
    cluster.turn();
    expect(cluster.wakes).toEqual([
      ['d', 'turn'],
      ['e', 'turn'],
    ]);
  });

  it('counts a workload once, and lets it be changed again', () => {
    const cluster = new MemoryCluster(limits);
    const few = { workloadsInNamespace: 2 };
    for (const id of ['a', 'b', 'c']) {
      const clause = aClause({ cooldownSeconds: 0 });
      const request = asking(id, { ...few, target: 'default/shop/Deployment/x', clause });
      expect(cluster.admit(request)).toMatchObject(granted);
      cluster.leave(leaving(id));
    }
    expect(cluster.admit(asking('d', few))).toMatchObject({ status: 'queued' });
  });

  it('is always at least one workload, however few there are', () => {
    for (const workloadsInNamespace of [0, 1, 3]) {
      const cluster = new MemoryCluster(limits);
      expect(askAll(cluster, ['a', 'b'], { workloadsInNamespace })).toEqual(['granted', 'queued']);
    }
  });
});

describe('the target alone, before people are asked', () => {
  const only = { only: 'target' } as const;

  it('takes no slot, and is joined by others; then a slot is asked for while it is held', () => {
    const cluster = new MemoryCluster({ maxConcurrent: 1 });
    const target = 'default/shop/Deployment/api';
    cluster.admit(asking('other'));
    expect(cluster.admit(asking('a', { target, ...only }))).toMatchObject(granted);
    expect(cluster.admit(asking('b', { target }))).toEqual({ status: 'joined', leader: 'a' });
    expect(cluster.admit(asking('a', { target }))).toMatchObject({ status: 'queued', position: 1 });
    expect(cluster.status('a')).toBe('held');
    cluster.leave(leaving('other'));
    expect(cluster.wakes).toEqual([['a', 'turn']]);
    expect(cluster.admit(asking('a', { target }))).toMatchObject(granted);
    expect(cluster.holders).toEqual(['a']);
  });

  it.each<[string, Partial<ClusterLimits>]>([
    ['max_concurrent', { maxConcurrent: 1 }],
    ['rate', { maxActionsPerHour: 1 }],
    ['blast_radius', { blastRadius: { percent: 10, windowSeconds: 600 } }],
  ])('is refused where nobody is to wait for a limit (%s): people are not asked in vain', (_limit, limits) => {
    const cluster = new MemoryCluster({ ...limits, overLimit: 'suppress' });
    cluster.admit(asking('other', { workloadsInNamespace: 4 }));
    const answer = cluster.admit(asking('a', { ...only, workloadsInNamespace: 4 }));
    expect(answer).toMatchObject({ status: 'refused' });
    expect(cluster.admit(asking('b', { workloadsInNamespace: 4 }))).toMatchObject({
      ...{ status: 'refused', reason: answer.status === 'refused' ? answer.reason : '' },
    });
    expect(cluster.status('a')).toBeUndefined();
  });

  it('is refused during a pause where nobody is to wait', () => {
    const cluster = new MemoryCluster({ overLimit: 'suppress' });
    cluster.pause();
    expect(cluster.admit(asking('a', only))).toMatchObject({ status: 'refused', reason: 'paused' });
  });

  it('is granted also during a pause, which holds back the change', () => {
    const cluster = new MemoryCluster();
    cluster.pause();
    expect(cluster.admit(asking('a', only))).toMatchObject(granted);
    expect(cluster.admit(asking('a'))).toMatchObject({ status: 'queued' });
    cluster.resume();
    expect(cluster.wakes).toEqual([['a', 'turn']]);
  });
});

describe('the pause switch', () => {
  const paused = 'All changes are paused by ann: release freeze';
  const pausedOf = (limits: Partial<ClusterLimits> = {}, ids: readonly string[] = []) => {
    const cluster = new MemoryCluster(limits);
    askAll(cluster, ids);
    cluster.pause();
    return cluster;
  };

  it('is told to the holders, and holds everybody else until it is off', () => {
    const cluster = pausedOf({}, ['a', 'b']);
    expect(cluster.wakes).toEqual([
      ['a', 'paused'],
      ['b', 'paused'],
    ]);
    cluster.leave(leaving('a'));
    expect(cluster.admit(asking('c'))).toEqual({ status: 'queued', position: 1, text: paused });
    expect(cluster.resume()).toBe(true);
    expect(cluster.wakes).toEqual([['c', 'turn']]);
    expect(cluster.audit).toEqual(['pause ann', 'resume bob']);
  });

  it('holds back a holder that asks again, until it is off', () => {
    const cluster = pausedOf({}, ['a', 'b']);
    expect(cluster.admit(asking('a'))).toMatchObject({ status: 'queued', text: paused });
    expect(cluster.holders).toEqual(['a', 'b']);
    cluster.resume();
    expect(cluster.wakes).toEqual([['a', 'turn']]);
    expect(cluster.admit(asking('a'))).toMatchObject(granted);
  });

  it('takes back the turns that are on offer', () => {
    const cluster = new MemoryCluster({ maxConcurrent: 1 });
    askAll(cluster, ['a', 'b']);
    cluster.leave(leaving('a'));
    cluster.pause();
    expect(cluster.admit(asking('b'))).toMatchObject({ status: 'queued', text: paused });
    expect(cluster.holders).toEqual([]);
  });

  it('wakes those that waited one after the other, when it ends', () => {
    const cluster = pausedOf({}, ['h']);
    askAll(cluster, ['h', 'a', 'b', 'c']);
    cluster.resume();
    expect(cluster.sent.map(({ to, dueAt }) => [to, dueAt - cluster.now])).toEqual([
      ['h', 0],
      ['a', 100],
      ['b', 200],
      ['c', 300],
    ]);
  });

  it('refuses where nobody is to wait, says the same only once, and can be given before anybody has come', () => {
    const cluster = pausedOf({ overLimit: 'suppress' });
    expect(cluster.admit(asking('a'))).toMatchObject({ status: 'refused', reason: 'paused' });
    cluster.resume();
    expect(cluster.resume()).toBe(false);
    cluster.admit(asking('b'));
    cluster.seconds = 4;
    cluster.pause();
    cluster.seconds = 5;
    cluster.pause();
    expect(cluster.wakes).toEqual([]);
    expect(cluster.paused?.since).toBe(cluster.at(4));
    cluster.pause('bob', 'still');
    expect(cluster.wakes).toEqual([['b', 'paused']]);
  });
});
