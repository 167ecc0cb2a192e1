import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Outcome } from '../../../src/domain/remediation/outcome.ts';
import { aDelivery, channelOf, SECRET } from './channel-of.ts';
import { pagerDuty, ROUTING_KEY } from './contracts/pagerduty.ts';
import { startReceiver } from './http-receiver.ts';
import { aNotice } from './notices.ts';

beforeEach(() => vi.stubEnv(SECRET.env, ROUTING_KEY));
afterEach(() => vi.unstubAllEnvs());

const channelTo = (url: string) => channelOf({ type: 'pagerduty', endpoint: { url }, routingKey: SECRET });

describe('the PagerDuty channel', () => {
  it('raises an incident that says what to do', async () => {
    const { open, answer } = pagerDuty();
    await using receiver = await startReceiver(answer);
    await using channel = channelTo(receiver.url);
    const delivery = aDelivery();
    const notice = aNotice({
      pictureUrl: 'https://mendloop.example/p95.png',
      links: [{ text: 'Trace', url: 'https://traces.example/1' }],
    });
    await channel.send(notice, delivery);

    const incident = open.get(notice.remediationId);
    expect(incident).toEqual({
      routing_key: ROUTING_KEY,
      dedup_key: notice.remediationId,
      event_action: 'trigger',
      client: 'Mendloop',
      client_url: notice.webUiUrl,
      payload: {
        summary:
          'OrderServiceCPUThrottling: remediation escalated. ' +
          'VerificationFailed: p95 latency 0.9 s is not <= 0.2 s; undo it by hand',
        source: 'default/production/Deployment/order-service',
        severity: 'critical',
        timestamp: new Date(delivery.since).toISOString(),
        component: 'order-service',
        class: 'OrderServiceCPUThrottling',
        custom_details: {
          target: 'default/production/Deployment/order-service',
          action: 'scale',
          replicas: '2 → 5',
          p95_latency: '1.94 → unknown s',
          severity: 'critical',
          team: 'shop',
          service: 'order-service',
          since: '2023-11-14T22:13:20.000Z',
          outcome: 'escalated',
          remediation: notice.remediationId,
          undo_by_hand: notice.manualCommand,
          story: notice.details,
          labels: notice.alert.labels,
          annotations: notice.alert.annotations,
        },
      },
      links: [
        { href: notice.webUiUrl, text: 'Remediation' },
        { href: 'https://runbooks.example/throttling', text: 'Runbook' },
        { href: 'https://traces.example/1', text: 'Trace' },
      ],
      images: [{ src: 'https://mendloop.example/p95.png', alt: 'OrderServiceCPUThrottling: remediation escalated' }],
    });
  });

  it('raises one incident however often it is told, and resolves it when it is over', async () => {
    const { open, answer } = pagerDuty();
    await using receiver = await startReceiver(answer);
    await using channel = channelTo(receiver.url);
    await channel.send(aNotice(), aDelivery());
    await channel.send(aNotice(), aDelivery());
    await channel.send(aNotice({ remediationId: 'remediation/default/B/1/2' }), aDelivery());
    expect([...open.keys()]).toEqual([aNotice().remediationId, 'remediation/default/B/1/2']);
    await channel.send(aNotice({ resolved: true }), aDelivery());
    await channel.send(aNotice({ kind: 'remediated', remediationId: 'remediation/default/B/1/2' }), aDelivery());
    expect(open.size).toBe(0);
  });

  it('keeps the key of the incident within its length', async () => {
    const { open, answer } = pagerDuty();
    await using receiver = await startReceiver(answer);
    await using channel = channelTo(receiver.url);
    const remediationId = `remediation/default/${'x'.repeat(300)}/1/2`;
    await channel.send(aNotice({ remediationId }), aDelivery());
    expect([...open.keys()]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    await channel.send(aNotice({ remediationId, resolved: true }), aDelivery());
    expect(open.size).toBe(0);
  });

  it.each([
    ['critical', 'critical'],
    ['Page', 'critical'],
    ['warning', 'warning'],
    ['info', 'info'],
    ['weird', 'error'],
    [undefined, 'error'],
  ])('takes the severity %s for %s', async (severity, expected) => {
    const { open, answer } = pagerDuty();
    await using receiver = await startReceiver(answer);
    await using channel = channelTo(receiver.url);
    const labels: Record<string, string> = severity === undefined ? {} : { severity };
    await channel.send(aNotice({ alert: { ...aNotice().alert, labels } }), aDelivery());
    expect([...open.values()][0]?.payload.severity).toBe(expected);
  });

  it('sends no picture that PagerDuty would not fetch', async () => {
    const { open, answer } = pagerDuty();
    await using receiver = await startReceiver(answer);
    await using channel = channelTo(receiver.url);
    await channel.send(aNotice({ pictureUrl: 'http://mendloop.example/p95.png' }), aDelivery());
    expect([...open.values()][0]?.images).toEqual([]);
  });

  it('leaves labels and annotations out where they are too much, and keeps what the on-call needs', async () => {
    const { open, answer } = pagerDuty();
    await using receiver = await startReceiver(answer);
    await using channel = channelTo(receiver.url);
    const many = Object.fromEntries(
      Array.from({ length: 64 }, (_, index) => [`${'漢'.repeat(250)}${index}`, '漢'.repeat(1024)]),
    );
    await channel.send(aNotice({ alert: { ...aNotice().alert, labels: many, annotations: many } }), aDelivery());
    const details = [...open.values()][0]!.payload.custom_details;
    expect(Object.keys(details)).not.toContain('labels');
    expect(details).toMatchObject({ undo_by_hand: aNotice().manualCommand, story: aNotice().details });
  });

  it('wants to hear of what opens an incident and of what closes one', async () => {
    await using channel = channelTo('http://127.0.0.1:1');
    const wanted = Object.values(Outcome).filter((kind) => channel.accepts(aNotice({ kind })));
    expect(wanted.sort()).toEqual(['already_healthy', 'denied', 'escalated', 'expired', 'remediated', 'rolled_back']);
    expect(channel.accepts(aNotice({ kind: 'cancelled', resolved: true }))).toBe(true);
  });

  it('tells for good what PagerDuty finds wrong, without the key', async () => {
    await using receiver = await startReceiver(pagerDuty().answer);
    await using channel = channelTo(receiver.url);
    vi.stubEnv(SECRET.env, 'another-key-that-is-secret');
    const error: unknown = await channel.send(aNotice(), aDelivery()).catch((error: unknown) => error);
    expect(error).toMatchObject({ type: 'NotificationRejected' });
    expect(String(error)).toMatch(/channel chat: http.* answered 400: .*routing_key/);
    receiver.answer = ({ body }) => ({ status: 400, body });
    const echoed: unknown = await channel.send(aNotice(), aDelivery()).catch((error: unknown) => error);
    expect(String(echoed)).toContain('routing_key');
    expect(String(echoed)).not.toContain('another-key');
  });

  it('comes back when there is too much, and when its key is missing for a while', async () => {
    await using receiver = await startReceiver({ status: 429, headers: { 'retry-after': '120' } });
    await using channel = channelTo(receiver.url);
    await expect(channel.send(aNotice(), aDelivery())).rejects.toMatchObject({
      type: 'NotificationFailed',
      retryAfterMs: 120_000,
    });
    vi.stubEnv(SECRET.env, undefined);
    await expect(channel.send(aNotice(), aDelivery())).rejects.toMatchObject({
      type: 'NotificationFailed',
      message: `channel chat: environment variable ${SECRET.env} is not set`,
    });
  });
});
