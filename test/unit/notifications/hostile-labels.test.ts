import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RemediationNotice } from '../../../src/domain/notice/notification.ts';
import { aDelivery, channelOf } from './channel-of.ts';
import { API_KEY, jsm, PATH } from './contracts/jsm.ts';
import { pagerDuty, ROUTING_KEY } from './contracts/pagerduty.ts';
import { HOOK_PATH, slack } from './contracts/slack.ts';
import { FLOW_PATH, teams } from './contracts/teams.ts';
import { type Answer, type Received, type Receiver, startReceiver } from './http-receiver.ts';
import { aNotice } from './notices.ts';

// Megabytes of nonsense take their time on a machine that does other things too.
vi.setConfig({ testTimeout: 60_000 });

/** Each type of channel with what answers strictly by its contract. */
const services: Record<string, { answer: (request: Received) => Answer; settings: (url: string) => object }> = {
  pagerduty: {
    answer: pagerDuty().answer,
    settings: (url) => ({ endpoint: { url }, routingKey: { env: 'MENDLOOP_TEST_ROUTING_KEY' } }),
  },
  jsm: {
    answer: jsm().answer,
    settings: (url) => ({ endpoint: { url: `${url}${PATH}` }, apiKey: { env: 'MENDLOOP_TEST_API_KEY' } }),
  },
  slack: {
    answer: slack().answer,
    settings: (url) => {
      vi.stubEnv('MENDLOOP_TEST_HOOK', url + HOOK_PATH);
      return { webhook: { url: { env: 'MENDLOOP_TEST_HOOK' } } };
    },
  },
  msteams: {
    answer: teams().answer,
    settings: (url) => {
      vi.stubEnv('MENDLOOP_TEST_FLOW', url + FLOW_PATH);
      return { webhook: { url: { env: 'MENDLOOP_TEST_FLOW' } } };
    },
  },
  webhook: { answer: () => ({ status: 200 }), settings: (url) => ({ endpoint: { url } }) },
  cloudevents: { answer: () => ({ status: 200 }), settings: (url) => ({ endpoint: { url }, mode: 'structured' }) },
};

/** Types whose text people read as it stands, and which are not data for a program. */
const forPeople = ['pagerduty', 'jsm', 'slack', 'msteams'];

beforeAll(() => {
  vi.stubEnv('MENDLOOP_TEST_ROUTING_KEY', ROUTING_KEY);
  vi.stubEnv('MENDLOOP_TEST_API_KEY', API_KEY);
});
afterEach(() => vi.restoreAllMocks());

async function sent(type: string, notices: readonly RemediationNotice[]): Promise<string[]> {
  const { answer, settings } = services[type]!;
  await using receiver: Receiver = await startReceiver(answer);
  await using channel = channelOf({ type, ...settings(receiver.url) });
  // Throws what the contract finds wrong.
  for (const [index, notice] of notices.entries()) await channel.send(notice, aDelivery(`${index}`));
  if (channel.sendDigest !== undefined) await channel.sendDigest(notices, aDelivery('digest'));
  return receiver.received.map(({ body }) => body);
}

const withLabels = (labels: Record<string, string>, more: Partial<RemediationNotice> = {}) =>
  aNotice({ ...more, alert: { ...aNotice().alert, labels } });

const html = '<img src=x onerror="alert(1)"> \'"]}{[&amp; \\ `$(rm -rf)` %00 {{ .Secret }} __proto__';
const huge = '😀"<&\\'.repeat(20_000);
/** More of everything than any service takes. */
const overgrown = (text: string) =>
  withLabels(Object.fromEntries(Array.from({ length: 80 }, (_, i) => [i === 0 ? 'alertname' : `l${i}`, text])), {
    summary: text,
    details: Array.from({ length: 60 }, () => text),
    target: text,
    action: text,
    manualCommand: text,
    signal: { name: text, unit: 's', before: 1, after: 2 },
    runbookUrl: `https://x.example/${'r'.repeat(2000)}`,
    webUiUrl: `https://x.example/${'w'.repeat(2000)}`,
    pictureUrl: `https://x.example/${'p'.repeat(2000)}`,
    links: Array.from({ length: 50 }, (_, i) => ({ text, url: `https://x.example/${i}${'y'.repeat(1900)}` })),
  });

const bidi = 'safe\u202egnp.exe\u2066\u200b\u061c\u0007\u001b[31m\r\nsecond line';

describe.each(Object.keys(services))('a hostile alert on the %s channel', (type) => {
  it('stays within the contract, whatever its labels hold', async () => {
    const labels = {
      alertname: html,
      severity: html,
      team: bidi,
      namespace: huge,
      ['__proto__']: 'polluted',
      constructor: 'x',
      [huge]: 'x',
    };
    const hostile = [
      withLabels(labels, { summary: html, details: [html, bidi], target: html, manualCommand: html }),
      ...[huge, '漢'.repeat(30_000), '\u202e'.repeat(30_000)].map(overgrown),
      withLabels({}, { summary: '', details: [], target: '', links: [{ text: '', url: 'javascript:alert(1)' }] }),
    ];
    const bodies = await sent(type, hostile);
    expect(bodies.length).toBeGreaterThanOrEqual(5);
    for (const body of bodies) {
      expect(() => JSON.parse(body) as unknown).not.toThrow();
      expect(body.isWellFormed()).toBe(true);
      expect(body).not.toContain('javascript:');
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('stays within the contract, whatever its labels hold (property)', async () => {
    const wild = fc.string({ unit: 'binary', maxLength: 400 });
    const notices = fc.sample(
      fc.record({
        kind: fc.constantFrom<RemediationNotice['kind'][]>('escalated', 'rolled_back', 'denied'),
        summary: wild,
        details: fc.array(wild, { maxLength: 60 }),
        target: wild,
        action: wild,
        manualCommand: wild,
        labels: fc.dictionary(wild, wild, { maxKeys: 8 }),
        links: fc.array(fc.record({ text: wild, url: fc.webUrl() }), { maxLength: 10 }),
      }),
      { numRuns: 15, seed: 7 },
    );
    const rendered = notices.map(({ labels, ...rest }) => withLabels(labels, rest));
    const bodies = await sent(type, rendered);
    expect(bodies.length).toBeGreaterThanOrEqual(15);
    expect(bodies.every((body) => body.isWellFormed())).toBe(true);
  });

  it('gives no secret away', async () => {
    const url = 'https://user:hunter2@runbooks.example/x';
    const bodies = await sent(type, [
      withLabels(
        { ...aNotice().alert.labels, db_password: 'hunter2', severity: 'token=hunter2' },
        {
          summary: 'failed with password=hunter2',
          details: ['Authorization: Bearer hunter2hunter2'],
          manualCommand: 'curl -H "Authorization: Bearer hunter2"',
          runbookUrl: url,
          webUiUrl: url,
          pictureUrl: url,
          pictureSvg: '<svg><text>password=hunter2</text></svg>',
          links: [{ text: 'password=hunter2', url }],
        },
      ),
    ]);
    for (const body of bodies) expect(body).not.toContain('hunter2');
    expect(bodies[0]).toContain('[redacted]');
  });
});

describe.each(forPeople)('text for people on the %s channel', (type) => {
  it('shows what would hide or turn it round', async () => {
    const labels = { alertname: bidi, severity: bidi, team: bidi, service: bidi };
    const bodies = await sent(type, [
      withLabels(labels, { summary: bidi, details: [bidi], target: bidi, manualCommand: bidi, action: bidi }),
    ]);
    for (const body of bodies) {
      const text = JSON.stringify(JSON.parse(body)).replaceAll('\\n', '').replaceAll('\\\\', '/');
      expect(text).not.toMatch(/[\p{Cf}\p{Cc}]|\\u00/u);
      expect(text).toContain('safe/u{202e}gnp.exe');
    }
  });
});
