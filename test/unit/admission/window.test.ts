import { describe, expect, it } from 'vitest';
import type { AdmitRequest } from '../../../src/domain/admission/admission.ts';
import type { WindowRefusal } from '../../../src/domain/windows/calendar.ts';
import { asking, leaving } from '../../support/store/requests.ts';
import { MemoryCluster } from './memory-cluster.ts';

const target = 'default/shop/Deployment/api';
const window: WindowRefusal = {
  ...{ status: 'refused', reason: 'window', meanwhile: 'wait', until: 5_000_000_000_000 },
  text: 'Freeze release',
};
const inFreeze = (more: Partial<AdmitRequest> = {}) => ({ target, window, ...more });

describe('a window that holds a change back', () => {
  it.each([undefined, 'target'] as const)('refuses with its end, and nothing is held (asked for: %s)', (only) => {
    const cluster = new MemoryCluster();
    const ask = inFreeze(only === undefined ? {} : { only });
    expect(cluster.admit(asking('a', ask))).toEqual(window);
    expect(cluster.admit(asking('a', ask))).toEqual(window);
    expect(cluster.status('a')).toBeUndefined();
    expect(cluster.admit(asking('b', { target }))).toMatchObject({ status: 'granted' });
  });

  it('takes the turn of one that had the target while people were asked, and of one that was let in before', () => {
    for (const only of ['target', undefined] as const) {
      const cluster = new MemoryCluster({ maxConcurrent: 1 });
      expect(cluster.admit(asking('a', { target, ...(only === undefined ? {} : { only }) })).status).toBe('granted');
      expect(cluster.admit(asking('b', { target })).status).toBe('joined');
      expect(cluster.admit(asking('a', inFreeze()))).toEqual(window);
      // Who had joined it is next, and hears the same when it asks.
      expect(cluster.admit(asking('b', inFreeze()))).toEqual(window);
      expect(cluster.holders).toEqual([]);
    }
  });

  it('lets it join what changes the target already, and share its end', () => {
    const cluster = new MemoryCluster();
    cluster.admit(asking('a', { target }));
    expect(cluster.admit(asking('b', inFreeze()))).toEqual({ status: 'joined', leader: 'a' });
    cluster.leave(leaving('a'));
    expect(cluster.admit(asking('b', inFreeze()))).toMatchObject({ status: 'shared', leader: 'a' });
  });

  it('does not keep a lease from having its target back', () => {
    const cluster = new MemoryCluster();
    expect(cluster.admit(asking('a', inFreeze({ lends: true, only: 'target' }))).status).toBe('granted');
  });
});
