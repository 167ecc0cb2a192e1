import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { createNoticeRouter } from '../../../src/domain/notice/notice-routes.ts';
import type { RemediationNotice } from '../../../src/domain/notice/notification.ts';
import { aNotice } from './notices.ts';

const CHANNELS = ['on-call', 'chat', 'shop', 'audit'];

/** Names of the channels that a notice is for, by routes as they stand in the settings. */
function told(routes: unknown[], notice: RemediationNotice): string[] {
  const channels = Object.fromEntries(
    CHANNELS.map((name) => [name, { type: 'webhook', endpoint: { url: 'http://a.example' } }]),
  );
  const { notifications } = configSchema.parse({ notifications: { channels, routes } });
  return CHANNELS.filter(createNoticeRouter(notifications.routes)(notice));
}

const withLabels = (labels: Record<string, string>, kind: RemediationNotice['kind'] = 'remediated') =>
  aNotice({ kind, alert: { ...aNotice().alert, labels } });

describe('routes', () => {
  it('tell every channel where there are none', () => {
    expect(told([], aNotice())).toEqual(CHANNELS);
  });

  it('end at the first that matches, unless it says to go on', () => {
    const first = { match: { labels: { team: 'shop' } }, channels: ['shop'] };
    const rest = { channels: ['chat'] };
    expect(told([first, rest], withLabels({ team: 'shop' }))).toEqual(['shop']);
    expect(told([first, rest], withLabels({ team: 'web' }))).toEqual(['chat']);
    expect(told([{ ...first, continue: true }, rest], withLabels({ team: 'shop' }))).toEqual(['chat', 'shop']);
  });

  it.each([
    [{ urgency: 'failure' }, ['escalated', 'rolled_back', 'denied', 'expired']],
    [{ urgency: 'question' }, ['approval_requested']],
    [{ urgency: 'event' }, ['remediated', 'observed']],
    [{ outcomes: ['remediated', 'denied'] }, ['denied', 'remediated']],
    [{ urgency: 'failure', outcomes: ['remediated', 'denied'] }, ['denied']],
    [{}, ['escalated', 'rolled_back', 'denied', 'expired', 'remediated', 'observed', 'approval_requested']],
  ])('match %j for %j', (match, expected) => {
    const kinds = [
      'escalated',
      'rolled_back',
      'denied',
      'expired',
      'remediated',
      'observed',
      'approval_requested',
    ] as const;
    const routes = [{ match, channels: ['shop'] }, { channels: ['audit'] }];
    expect(kinds.filter((kind) => told(routes, aNotice({ kind })).includes('shop'))).toEqual(expected);
  });

  it('bring the end of a failure to where the failure went', () => {
    const routes = [{ match: { urgency: 'failure' }, channels: ['on-call'] }, { channels: ['chat'] }];
    expect(told(routes, aNotice())).toEqual(['on-call']);
    expect(told(routes, aNotice({ resolved: true }))).toEqual(['on-call']);
  });

  it.each([
    [{ labels: { team: 'shop' } }, { team: 'shop' }, true],
    [{ labels: { team: 'shop' } }, { team: 'shopping' }, false],
    [{ labels: { team: 'shop' } }, {}, false],
    [{ labels: { team: '' } }, {}, true],
    [{ labels: { team: 'shop', tier: '1' } }, { team: 'shop', tier: '2' }, false],
    [{ labelsMatching: { severity: 'critical|error' } }, { severity: 'error' }, true],
    [{ labelsMatching: { severity: 'critical|error' } }, { severity: 'an error' }, false],
    [{ labelsMatching: { namespace: 'prod-.*' } }, { namespace: 'prod-eu' }, true],
    [{ labelsMatching: { namespace: 'prod-.*' } }, { namespace: 'my-prod-eu' }, false],
    [{ labelsMatching: { namespace: '.*' } }, {}, true],
    [{ labelsMatching: { namespace: '.+' } }, {}, false],
    [{ labelsMatching: { a: '(?i)shop' } }, { a: 'SHOP' }, true],
    [{ labels: { constructor: 'x' } }, {}, false],
    [{ labels: { team: 'shop' }, labelsMatching: { a: 'b' } }, { team: 'shop', a: 'c' }, false],
  ])('match %j with the labels %j: %s', (match, labels, expected) => {
    const routes = [{ match, channels: ['shop'] }, { channels: ['audit'] }];
    expect(told(routes, withLabels(labels)).includes('shop')).toBe(expected);
  });

  it('let an event that nobody wants go, but bring a failure to everybody', () => {
    const routes = [{ match: { labels: { team: 'nobody' } }, channels: ['chat'] }];
    expect(told(routes, withLabels({ team: 'shop' }, 'remediated'))).toEqual([]);
    expect(told(routes, withLabels({ team: 'shop' }, 'escalated'))).toEqual(CHANNELS);
    expect(told(routes, withLabels({ team: 'shop' }, 'approval_requested'))).toEqual(CHANNELS);
  });

  it('may keep a failure from everybody, if they say so', () => {
    const routes = [{ match: { labels: { team: 'lab' } }, channels: [] }, { channels: ['chat'] }];
    expect(told(routes, withLabels({ team: 'lab' }, 'escalated'))).toEqual([]);
  });

  it('are quick, whatever expression meets whatever label', () => {
    const routes = [{ match: { labelsMatching: { team: '(a+)+b|(a|aa)*c' } }, channels: ['shop'] }];
    // Would take a backtracking engine longer than the universe is old.
    expect(told(routes, withLabels({ team: 'a'.repeat(100_000) }))).toEqual([]);
  });
});
