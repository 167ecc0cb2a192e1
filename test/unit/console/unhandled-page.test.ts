import { expect, it } from 'vitest';
import { unhandledPage } from '../../../src/console/views/unhandled-page.ts';
import type { Unhandled } from '../../../src/console/types.ts';
import { ignored } from './ignored.ts';
import { textOf } from './text-of.ts';

const now = Date.UTC(2026, 0, 1, 12);

const anUnhandled = (overrides: Partial<Unhandled> = {}): Unhandled => ({
  cluster: 'default',
  alertName: 'KubeDaemonSetMisScheduled',
  rule: '',
  reason: 'no rule handles this alert',
  count: 12,
  firstSeen: '2026-01-01T00:00:00Z',
  lastSeen: '2026-01-01T11:55:00Z',
  labels: { severity: 'warning', daemonset: '\u202eevil' },
  stub: 'package mendloop.rules.kube_daemon_set_mis_scheduled\n',
  ...overrides,
});

const shown = (alerts: readonly Unhandled[], copied?: number) =>
  textOf(
    unhandledPage({
      ...{ now, copied, onCopy: ignored },
      unhandled: { value: { alerts }, problem: undefined, isPending: false },
    }),
  );

it('shows how often an alert came that no rule wants, its labels, and a rule to begin with', () => {
  const text = shown([anUnhandled()]).replaceAll(' ', '');
  for (const part of ['12times', 'KubeDaemonSetMisScheduled', 'norulehandlesthisalert', 'severitywarning']) {
    expect(text).toContain(part);
  }
  expect(text).toContain('packagemendloop.rules.kube_daemon_set_mis_scheduled');
  expect(text).toContain('last5minago');
  expect(text).toContain('\\u{202e}evil');
});

it('offers no rule where one is about such alerts already, and says which', () => {
  const { stub: _, ...rest } = anUnhandled({ rule: 'kube_pods', reason: 'the Pod has no owner', count: 1 });
  const text = shown([rest]);
  expect(text).toContain('once');
  expect(text.replaceAll(' ', '')).toContain('Rulekube_pods:thePodhasnoowner');
  expect(text).not.toContain('Copy');
});

it('says which rule was copied', () => {
  const text = shown([anUnhandled(), anUnhandled({ alertName: 'Other' })], 1);
  expect(text.match(/Copied/g)).toHaveLength(1);
});

it('says so where there is none', () => {
  expect(shown([])).toContain('Every alert that came is wanted by a rule.');
});
