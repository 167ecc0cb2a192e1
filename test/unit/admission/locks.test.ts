import { describe, expect, it } from 'vitest';
import type { AdmitRequest } from '../../../src/domain/admission/admission.ts';
import { aClause, asking, leaving } from '../../support/store/requests.ts';
import { MemoryCluster } from './memory-cluster.ts';

const target = 'default/shop/Deployment/api';
const api = (id: string, more: Partial<AdmitRequest> = {}) => asking(id, { target, ...more });
const granted = { status: 'granted' };

describe('several objects', () => {
  const drain = (id: string, locks: string[]) =>
    asking(id, { namespace: '', target: `default/-/Node/${id}`, locks, clause: aClause({ onBusy: 'wait' }) });

  it('are had together, or not at all', () => {
    const cluster = new MemoryCluster();
    cluster.admit(api('a'));
    expect(cluster.admit(drain('n1', [target]))).toMatchObject({
      ...{ status: 'queued', text: 'An object that it needs is busy with a' },
    });
    expect(cluster.admit(drain('n2', ['default/-/Node/n1']))).toMatchObject({ status: 'queued' });
    cluster.leave(leaving('a', { acted: false }));
    expect(cluster.wakes).toEqual([['n1', 'turn']]);
  });

  it('are not joined: the end of another action on another target says nothing', () => {
    const cluster = new MemoryCluster();
    expect(cluster.admit(drain('n1', [target]))).toMatchObject(granted);
    expect(cluster.admit(api('a'))).toMatchObject({ status: 'queued', text: 'The target is busy with n1' });
    expect(cluster.admit(api('b'))).toEqual({ status: 'joined', leader: 'a' });
  });

  it('are not waited for for ever while smaller claims come and go', () => {
    const cluster = new MemoryCluster();
    cluster.admit(api('a'));
    cluster.admit(drain('n1', [target, 'default/shop/Deployment/web']));
    const web = asking('w', { target: 'default/shop/Deployment/web', clause: aClause({ onBusy: 'wait' }) });
    expect(cluster.admit(web)).toMatchObject({ status: 'queued', text: 'Others are before it' });
    cluster.leave(leaving('a', { acted: false }));
    expect(cluster.wakes).toEqual([['n1', 'turn']]);
  });

  it('are given up for the line when a holder asks for more that is busy', () => {
    const cluster = new MemoryCluster();
    cluster.admit(api('a'));
    cluster.admit(asking('b'));
    const [mine, other] = [target, 'default/shop/Deployment/b'];
    expect(cluster.admit(api('a', { locks: [other] }))).toMatchObject({ status: 'queued' });
    // Nobody holds one object while it waits for another: they could wait for each other.
    expect(cluster.admit(asking('b', { locks: [mine] }))).toMatchObject(granted);
    expect(cluster.admit(api('a', { locks: [other] }))).toMatchObject({ status: 'queued' });
    cluster.leave(leaving('b', { acted: false }));
    expect(cluster.admit(api('a', { locks: [other] }))).toMatchObject(granted);
  });
});
