import { describe, expect, it } from 'vitest';
import {
  confirmedAt,
  hasSeen,
  identityOf,
  isNewer,
  isOfGeneration,
  type SaidCondition,
  saidAt,
} from '../../../src/domain/target/said-of-object.ts';

const AT = '2026-11-30T12:00:00Z';
const at = Date.parse(AT);
const LATER = '2026-11-30T12:00:05Z';
const EARLIER = '2026-11-30T11:59:55Z';

/** As the controllers of these kinds write them. */
const KINDS: Readonly<Record<string, (time: string) => SaidCondition>> = {
  'a Deployment over its deadline': (time) => ({
    ...{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' },
    // A transition stays where it was while the controller says the same anew.
    ...{ lastUpdateTime: time, lastTransitionTime: '2026-11-01T00:00:00Z' },
  }),
  'a ReplicaSet that a quota stops': (time) => ({
    ...{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', lastTransitionTime: time },
    message: 'exceeded quota: full',
  }),
  'a Job that has failed': (time) => ({
    ...{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', lastTransitionTime: time },
  }),
  'a Rollout that is degraded': (time) => ({
    ...{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' },
    ...{ lastUpdateTime: time, lastTransitionTime: time },
  }),
  'a claim whose file system waits': (time) => ({
    ...{ type: 'FileSystemResizePending', status: 'True', lastTransitionTime: time },
  }),
};

describe.each(Object.entries(KINDS))('what is said of %s', (_, said) => {
  it('counts if it was said after the act, and in its second', () => {
    expect(isNewer(said(LATER), { at, known: [] })).toBe(true);
    expect(isNewer(said(AT), { at, known: [] })).toBe(true);
    expect(isNewer(said(EARLIER), { at, known: [] })).toBe(false);
    expect(saidAt(said(LATER))).toBe(Date.parse(LATER));
  });

  it('does not count if it was known before, whatever the clocks say', () => {
    expect(isNewer(said(LATER), { at, known: [identityOf(said(LATER))] })).toBe(false);
    expect(isNewer(said(AT), { known: [identityOf(said(AT))] })).toBe(false);
    expect(isNewer(said(LATER), { at, known: [identityOf(said(AT))] })).toBe(true);
  });

  it('counts without the time of the act if it is another than before', () => {
    expect(isNewer(said(EARLIER), { known: [] })).toBe(true);
    expect(isNewer(said(LATER), { known: [identityOf(said(EARLIER))] })).toBe(true);
  });
});

it('what gives no time counts if it was not known before', () => {
  for (const lastTransitionTime of [undefined, null, '', 'yesterday', 12]) {
    const condition = { type: 'Ready', status: 'False', lastTransitionTime };
    expect(saidAt(condition)).toBeUndefined();
    expect(isNewer(condition, { at, known: [] })).toBe(true);
    expect(isNewer(condition, { at, known: [identityOf(condition)] })).toBe(false);
  }
});

it('a condition is of the generation that it names, else of the one that its object names', () => {
  const object = (observedGeneration?: number | string) => ({
    ...{ metadata: { generation: 4 } },
    ...(observedGeneration !== undefined && { status: { observedGeneration } }),
  });
  const condition = (observedGeneration?: number) => ({
    ...{ type: 'Accepted', status: 'True' },
    ...(observedGeneration !== undefined && { observedGeneration }),
  });
  expect(isOfGeneration(condition(3), object(4))).toBe(false);
  expect(isOfGeneration(condition(4), object(3))).toBe(true);
  expect(isOfGeneration(condition(), object(3))).toBe(false);
  expect(isOfGeneration(condition(), object('4'))).toBe(true);
  expect(isOfGeneration(condition(), object())).toBe(true);
  expect([hasSeen(object(3)), hasSeen(object('4')), hasSeen(object())]).toEqual([false, true, false]);
});

it('a node confirms what it says by its heartbeat, and others do not', () => {
  expect(confirmedAt({ type: 'Ready', status: 'True', lastHeartbeatTime: AT })).toBe(at);
  expect(confirmedAt({ type: 'Ready', status: 'True', lastTransitionTime: AT })).toBeUndefined();
});
