import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { GuardOverview } from '../../../src/domain/guards/overview.ts';
import { ago, duration } from '../../../src/cli/output/ago.ts';
import { painter, unpainted } from '../../../src/cli/output/style.ts';
import { renderFacts, renderTable } from '../../../src/cli/output/table.ts';
import { describeDetail } from '../../../src/cli/remediations/describe-detail.ts';
import { describeGuards } from '../../../src/cli/remediations/describe-guards.ts';
import { describeList } from '../../../src/cli/remediations/describe-list.ts';
import { stateWords } from '../../../src/cli/remediations/state-words.ts';
import { renderDetails } from '../../../src/domain/remediation/remediation-details.ts';
import { anEffect } from '../../support/changes.ts';
import { aPlannedChange } from '../../support/plans.ts';
import { aStatus, aSummary, anApproval } from '../api/fake-remediations.ts';

const NASTY = 'a\u001b[31mred\u0007\r\nb\u202e';
/** What could drive a terminal or mislead its reader; line breaks are ours. */
const DRIVING = /(?!\n)[\p{Cc}\p{Cf}]/u;
const now = Date.UTC(2026, 0, 1, 12);
const look = { paint: unpainted, now };

describe('a table', () => {
  it('has columns as wide as their widest cell, and none that is empty', () => {
    const rows = [
      ['running', '', 'remediation/A'],
      ['waiting for approval', '', { text: 'remediation/B', tone: 'bad' as const }],
      ['größe 日本', '', 'x'],
    ];
    expect(renderTable({ head: ['STATE', 'ACTION', 'ID'], rows }, unpainted).split('\n')).toEqual([
      'STATE                 ID',
      'running               remediation/A',
      'waiting for approval  remediation/B',
      'größe 日本            x',
    ]);
  });

  it('holds nothing that could drive the terminal', () => {
    const text = renderTable({ head: ['A', 'B'], rows: [[NASTY, NASTY]] }, unpainted);
    expect(text.split('\n')).toHaveLength(2);
    expect(text).not.toMatch(DRIVING);
    expect(renderFacts([['name', NASTY]], unpainted)).not.toMatch(DRIVING);
  });

  it('has colours on a terminal only, and is as wide with them', () => {
    vi.stubEnv('FORCE_COLOR', undefined);
    vi.stubEnv('NO_COLOR', undefined);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const paint = (isTTY: boolean) =>
      painter(Object.assign(new PassThrough(), { isTTY, getColorDepth: () => 8 }) as unknown as NodeJS.WriteStream);
    const table = { head: ['A', 'B'], rows: [[{ text: 'x', tone: 'good' as const }, 'y']] };
    expect(renderTable(table, paint(false))).toBe('A  B\nx  y');
    const coloured = renderTable(table, paint(true));
    expect(coloured).toContain('\u001b[32mx\u001b[39m  y');
    expect(stripVTControlCharacters(coloured)).toBe('A  B\nx  y');
  });
});

it.each([
  [0, '0s'],
  [-5, '0s'],
  [59_999, '59s'],
  [60_000, '1m'],
  [3_661_000, '1h 1m'],
  [3_600_000, '1h'],
  [90_061_000, '1d 1h'],
  [86_401_000, '1d'],
])('%d ms are %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
  expect(ago(new Date(now - ms).toISOString(), now)).toBe(`${words} ago`);
});

it.each([
  [{}, 'running', 'busy'],
  [{ waiting: 'approval' }, 'waiting for approval', 'busy'],
  [{ outcome: 'remediated' }, 'remediated, watching', 'good'],
  [{ state: 'closed', execution: 'completed', outcome: 'rolled_back' }, 'rolled back', 'bad'],
  [{ state: 'closed', execution: 'completed', outcome: 'already_healthy' }, 'already healthy', 'good'],
  [{ state: 'closed', execution: 'cancelled', outcome: 'cancelled' }, 'cancelled', 'dim'],
  [{ state: 'closed', execution: 'completed', outcome: 'cancelled' }, 'cancelled', 'dim'],
  [{ state: 'closed', execution: 'terminated', outcome: 'remediated' }, 'terminated', 'bad'],
  [{ state: 'closed', execution: 'timed_out' }, 'timed out', 'bad'],
] as const)('%o is called %s', (overrides, text, tone) => {
  expect(stateWords(aSummary(overrides))).toEqual({ text, tone });
});

it('the list has whole IDs, and says how it goes on', () => {
  const item = aSummary({ waiting: 'approval', startedAt: new Date(now - 90_000).toISOString() });
  const text = describeList({ items: [item], nextPageToken: 'abc' }, look);
  expect(text).toContain(item.id);
  expect(text).toContain('1m 30s ago  waiting for approval');
  expect(text).toContain('--page abc');
  expect(describeList({ items: [] }, look)).toBe('No remediations.');
});

it('one remediation is told with its plan, its approval and its timeline', () => {
  const remediation = aSummary({ waiting: 'approval', rule: 'r', action: 'scale', service: NASTY });
  const status = aStatus({
    approval: anApproval({ reason: 'frozen' }),
    planned: aPlannedChange({ title: `scale ${NASTY}` }),
    source: { status: 'firing', source: 'prometheus', text: NASTY },
    preview: { diff: ' spec:\n-  replicas: 2\n+  replicas: 5' },
    timeline: [{ at: '2026-01-01T11:59:58.123Z', step: 'deciding', text: NASTY }],
    fault: { type: 'VerificationFailed', message: NASTY, step: 'awaiting_approval' },
  });
  const text = describeDetail({ remediation, status, links: { temporal: 'http://t.example/x' } }, look);
  for (const part of [
    remediation.id,
    'waiting for approval',
    'Approval       waiting for 1 approval by approver until ',
    'PLANNED CHANGE\n spec:\n-  replicas: 2\n+  replicas: 5',
    '11:59:58  a\\u{1b}[31mred\\u{7} b',
    'VerificationFailed while awaiting approval',
    'http://t.example/x',
  ]) {
    expect(text).toContain(part);
  }
  expect(text).not.toMatch(DRIVING);
  const unavailable = describeDetail({ remediation, statusUnavailable: 'no worker', links: {} }, look);
  expect(unavailable).toContain('Its record is not to be had now: no worker');
});

it('one remediation is told with what was done and what became of it', () => {
  const remediation = aSummary({ state: 'closed', execution: 'completed', outcome: 'escalated' });
  const status = aStatus({
    planned: aPlannedChange(),
    objective: { status: 'not_met', text: 'p95 1.9 s is not <= 0.2 s' },
    effect: anEffect(),
    compensation: { status: 'left_alone', text: '', expected: '5', found: '2', by: 'argocd-controller' },
  });
  const text = describeDetail({ remediation, status, links: {} }, look);
  for (const part of [
    'Plan              scale Deployment production/order-service 2 -> 5',
    'Objective before  p95 1.9 s is not <= 0.2 s',
    'Done              Scaled 2 -> 5',
    'Undo              Left alone: we had set 5, argocd-controller has changed it since, and it is 2 now',
  ]) {
    expect(text).toContain(part);
  }
});

it.each([
  ['undone by ann: wrong hour', 'watching', 'Stopped  undone by ann: wrong hour, while watching'],
  ['cancelled by a human', 'awaiting_approval', 'Stopped  cancelled by a human, while awaiting approval'],
] as const)("a human's order is no fault: %s", (message, step, line) => {
  const status = aStatus({ fault: { type: 'Cancelled', message, step } });
  const remediation = aSummary({ state: 'closed', execution: 'completed', outcome: 'cancelled' });
  const text = describeDetail({ remediation, status, links: {} }, look);
  expect(text).toContain(line);
  const details = renderDetails(status);
  expect(details).toContain(`**Stopped:** ${message}`);
  expect(`${text}${details}`).not.toContain('Fault');
});

describe('the guards', () => {
  const limits = {
    ...{ maxConcurrent: 5, maxActionsPerHour: 20, overLimit: 'wait' as const },
    blastRadius: { percent: 30, windowSeconds: 600 },
  };
  const overview: GuardOverview = {
    cluster: 'default',
    guard: {
      state: {
        ...{ at: now, holders: [], queue: [], actionsInLastHour: 3, recent: [], limits },
        paused: { by: 'ann', reason: NASTY, since: now - 60_000 },
      },
    },
    targets: [
      {
        target: 'default/shop/Deployment/api',
        state: {
          ...{ at: now, queue: [], joined: 2, recent: [] },
          holder: { remediationId: 'r', action: 'scale', since: now - 5000 },
          cooldowns: [{ action: 'scale', at: now, until: now + 120_000 }],
          breaker: { status: 'open', failures: 3, until: now + 3_600_000 },
        },
      },
    ],
    ledgers: [
      {
        ...{ budget: 'shop', scope: 'production' },
        state: { ...{ at: now, daily: 120, held: 12.5, reservations: [], recent: [] } },
      },
    ],
    truncated: true,
  };

  it('are told with the pause, the breakers and the budgets', () => {
    const text = describeGuards(overview, look);
    for (const part of [
      'paused for 1m by ann: ared',
      'Changes in the last hour  3 of 20',
      'open, for 1h  5s        2       scale 2m  default/shop/Deployment/api',
      'shop    production  120.00  12.50  0',
      'There are more',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toMatch(DRIVING);
  });

  it('are told where there are none yet', () => {
    const state = { at: now, holders: [], queue: [], actionsInLastHour: 0, recent: [], limits };
    const none = { cluster: 'default', guard: { state }, targets: [], ledgers: [], truncated: false };
    expect(describeGuards(none, look).split('\n')).toEqual([
      'Cluster                   default',
      'Changes                   allowed',
      'At work                   0 of 5',
      'Waiting                   0',
      'Changes in the last hour  0 of 20',
    ]);
  });
});
