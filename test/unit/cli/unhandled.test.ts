import { describe, expect, it } from 'vitest';
import { unhandledView } from '../../../src/api/unhandled/unhandled-view.ts';
import { unpainted } from '../../../src/cli/output/style.ts';
import { describeOne, describeUnhandled } from '../../../src/cli/unhandled/describe-unhandled.ts';

const look = { paint: unpainted, now: Date.parse('2026-11-29T12:00:00Z') };
const alert = {
  cluster: 'prod',
  alertName: 'CartIsSlow',
  rule: '',
  reason: 'no rule handles this alert',
  count: 7,
  firstSeen: '2026-11-29T10:00:00.000Z',
  lastSeen: '2026-11-29T11:30:00.000Z',
  labels: { alertname: 'CartIsSlow', severity: 'warning', service: 'cart' },
};
const unknown = unhandledView(alert);
const refused = unhandledView({
  ...alert,
  alertName: 'Throttled',
  rule: 'throttled',
  reason: 'its mode is off, by policy',
});

describe('unhandled alerts, for a person', () => {
  it('are a table, with the way to a rule', () => {
    expect(describeUnhandled([unknown, refused], look).split('\n')).toEqual([
      'LAST SEEN  TIMES  ALERT       RULE       WHY',
      '30m ago    7      CartIsSlow             no rule handles this alert',
      '30m ago    7      Throttled   throttled  its mode is off, by policy',
      '',
      'A rule to begin with: mendloop unhandled CartIsSlow',
    ]);
    expect(describeUnhandled([refused], look)).not.toContain('A rule');
    expect(describeUnhandled([], look)).toBe('No alert went unhandled.');
  });

  it('are told one by one with what they said, and a rule to copy', () => {
    const text = describeOne(unknown, look);
    expect(text).toMatch(/^why +no rule handles this alert$/m);
    expect(text).toMatch(/^seen +7 times, first 2h ago, last 30m ago$/m);
    expect(text).toMatch(/^label service +cart$/m);
    expect(text).toMatch(
      /\n\nA rule to begin with:\npackage mendloop\.rules\.cart_is_slow\n[^]*lib\.scale_service\("cart"\)$/,
    );
    expect(describeOne(refused, look)).not.toContain('package');
  });
});
