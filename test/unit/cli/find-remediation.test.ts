import { expect, it } from 'vitest';
import type { RemediationListRequest } from '../../../src/api/remediations/remediation-filter.ts';
import type { RemediationSummary } from '../../../src/api/remediations/remediation-summary.ts';
import { findRemediation } from '../../../src/cli/remediations/find-remediation.ts';
import { aSummary } from '../api/fake-remediations.ts';

const at = (minute: number, overrides: Partial<RemediationSummary> = {}) =>
  aSummary({ startedAt: new Date(Date.UTC(2026, 5, 1, 0, minute)).toISOString(), ...overrides });

/** What Temporal would list of these: those that run, or those that have ended, whose alert begins so. */
function listing(...items: RemediationSummary[]) {
  return {
    list: ({ state, q = '' }: RemediationListRequest) =>
      Promise.resolve({ items: items.filter((item) => item.state === state && item.alert.startsWith(q)) }),
  };
}

it('latest is the one that was started last, whether it runs or has ended', async () => {
  const [waiting, ended] = [at(1), at(9, { state: 'closed' })];
  expect(await findRemediation(listing(waiting, ended), 'latest')).toEqual({ id: ended.id, others: 0 });
  const running = at(10);
  expect((await findRemediation(listing(waiting, ended, running), 'latest')).id).toBe(running.id);
});

it('the beginning of a name is the one that was started last of those, and how many others there are', async () => {
  const first = at(1, { alert: 'KubePodCrashLooping', state: 'closed' });
  const second = at(2, { alert: 'KubePodCrashLooping' });
  const other = at(3, { alert: 'NodeNotReady' });
  const all = listing(first, second, other);
  expect(await findRemediation(all, 'KubePod')).toEqual({ id: second.id, others: 1 });
  expect(await findRemediation(all, 'Node')).toEqual({ id: other.id, others: 0 });
});

it('a whole ID is that remediation, without asking', async () => {
  const { id } = aSummary();
  expect(await findRemediation(listing(), id)).toEqual({ id, others: 0 });
});

it.each([
  ['latest', 'there is no remediation yet'],
  ['Payment', 'there is no remediation that begins with Payment'],
])('%s is told where there is none', async (text, why) => {
  await expect(findRemediation(listing(), text)).rejects.toThrow(why);
});
