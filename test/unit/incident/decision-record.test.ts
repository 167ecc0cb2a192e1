import { expect, it, onTestFinished, vi } from 'vitest';
import type { AuditEntry } from '../../../src/domain/audit/audit-entry.ts';
import { DecisionRecord } from '../../../src/api/webhook/decision-record.ts';
import type { RemediationStarter } from '../../../src/api/webhook/remediation-starter.ts';
import { anAlert } from '../../support/alerts.ts';
import { aDecision } from '../../support/plans.ts';

const starter: RemediationStarter = {
  start: () => Promise.resolve({ status: 'started' }),
  resolve: () => Promise.resolve('signalled'),
};
const request = (n: number) => ({
  ...{ remediationId: `r/${n}`, alert: anAlert(), cluster: 'default', decision: aDecision() },
});

function recording(append: (entries: readonly AuditEntry[]) => Promise<void>) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const record = new DecisionRecord({
    ...{ audit: { append }, cluster: 'default', clock: () => 0 },
    logger: { warn: () => undefined },
  });
  return { record, recorded: record.recording(starter) };
}

it('a decision is recorded after the start, with those that came meanwhile', async () => {
  const appends: string[][] = [];
  const { recorded } = recording((entries) => Promise.resolve(void appends.push(entries.map(({ key }) => key))));
  await recorded.start(request(1));
  await recorded.start(request(2));
  expect(appends).toEqual([]);
  await vi.runAllTimersAsync();
  expect(appends).toEqual([['r/1/decision', 'r/2/decision']]);
});

it('what could not be recorded is tried again, before what came later', async () => {
  const appends: string[][] = [];
  let isAway = true;
  const { recorded, record } = recording((entries) => {
    if (isAway) return Promise.reject(new Error('away'));
    appends.push(entries.map(({ key }) => key));
    return Promise.resolve();
  });
  await recorded.start(request(1));
  await vi.advanceTimersByTimeAsync(600);
  await recorded.start(request(2));
  isAway = false;
  await record.drain();
  expect(appends).toEqual([['r/1/decision', 'r/2/decision']]);
});

it('a start that failed is not recorded as decided', async () => {
  const append = vi.fn(() => Promise.resolve());
  const { record } = recording(append);
  const failing = record.recording({ ...starter, start: () => Promise.reject(new Error('away')) });
  await expect(failing.start(request(1))).rejects.toThrow('away');
  await record.drain();
  expect(append).not.toHaveBeenCalled();
});
