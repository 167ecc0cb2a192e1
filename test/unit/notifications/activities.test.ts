import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it, vi } from 'vitest';
import { createNotificationActivities } from '../../../src/activities/notifications.ts';
import { createChannels } from '../../../src/clients/notifications/channels.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { createNoticeRouter } from '../../../src/domain/notice/notice-routes.ts';
import { FAILURE_ALERT, type RemediationNotice } from '../../../src/domain/notice/notification.ts';
import { startReceiver } from './http-receiver.ts';
import { aNotice } from './notices.ts';

const environment = (info = {}) => new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });

function setUp(url = 'http://127.0.0.1:1', routes: unknown[] = []) {
  const { notifications } = configSchema.parse({
    notifications: {
      routes,
      channels: {
        'on-call': { type: 'alertmanager', endpoint: { url }, holdSeconds: 600 },
        chat: { type: 'webhook', endpoint: { url } },
        pager: { type: 'webhook', endpoint: { url }, events: 'failures' },
        crowded: { type: 'webhook', endpoint: { url }, maxPerMinute: 1 },
      },
    },
  });
  const channels = createChannels(notifications.channels);
  const notified = vi.fn();
  const webUi = { url: 'http://ui.example/', namespace: 'prod' };
  const route = createNoticeRouter(notifications.routes);
  const activities = createNotificationActivities({ channels, metrics: { notified }, route, webUi });
  return { activities, notified, close: () => Promise.all(channels.map((channel) => channel.close())) };
}

describe('selectChannels', () => {
  it.each([
    ['escalated', ['on-call', 'chat', 'pager', 'crowded']],
    ['denied', ['on-call', 'chat', 'pager', 'crowded']],
    ['remediated', ['chat', 'crowded']],
    ['approval_requested', ['chat', 'pager', 'crowded']],
    ['rejected', []],
  ] as const)('%s is told to %j', async (kind, names) => {
    const { activities, close } = setUp();
    expect(await environment().run(activities.selectChannels, { notice: aNotice({ kind }) })).toEqual(names);
    await close();
  });

  it('does not raise an alert about an alert of our own', async () => {
    const { activities, close } = setUp();
    const notice = aNotice({ alert: { ...aNotice().alert, labels: { alertname: FAILURE_ALERT } } });
    expect(await environment().run(activities.selectChannels, { notice })).toEqual(['chat', 'pager', 'crowded']);
    await close();
  });

  it('asks the routes, and then whether the channel wants to hear of it', async () => {
    const { activities, close } = setUp(undefined, [
      { match: { labels: { team: 'shop' } }, channels: ['pager', 'chat'] },
      { channels: ['crowded'] },
    ]);
    const chosen = (notice: RemediationNotice) => environment().run(activities.selectChannels, { notice });
    expect(await chosen(aNotice())).toEqual(['chat', 'pager']);
    expect(await chosen(aNotice({ kind: 'remediated' }))).toEqual(['chat']);
    expect(await chosen(aNotice({ alert: { ...aNotice().alert, labels: {} } }))).toEqual(['crowded']);
    await close();
  });
});

describe('notify', () => {
  it('sends to the one channel, with a link to the remediation', async () => {
    await using receiver = await startReceiver();
    const { activities, notified, close } = setUp(receiver.url);
    await environment().run(activities.notify, { channel: 'chat', notice: aNotice(), idempotencyKey: 'key' });
    await close();
    expect(receiver.received).toHaveLength(1);
    expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({
      webUiUrl:
        'http://ui.example/namespaces/prod/workflows/' +
        'remediation%2Fdefault%2FOrderServiceCPUThrottling%2F0123456789abcdef%2F1',
    });
    expect(notified.mock.calls).toEqual([[{ channelType: 'webhook', result: 'delivered' }]]);
  });

  it('starts the alert when it was first to be sent, and holds it from now on', async () => {
    await using receiver = await startReceiver();
    const { activities, close } = setUp(receiver.url);
    const scheduledTimestampMs = Date.now() - 3 * 3600_000;
    const before = Date.now();
    const message = { channel: 'on-call', notice: aNotice(), idempotencyKey: 'key' };
    await environment({ scheduledTimestampMs }).run(activities.notify, message);
    await close();
    const [{ startsAt, endsAt }] = JSON.parse(receiver.received[0]!.body) as [{ startsAt: string; endsAt: string }];
    expect(receiver.received[0]).toMatchObject({ method: 'POST', url: '/api/v2/alerts' });
    expect(Date.parse(startsAt)).toBe(scheduledTimestampMs);
    expect(Date.parse(endsAt)).toBeGreaterThanOrEqual(before + 600_000);
  });

  it.each([
    [503, 'failed', { type: 'NotificationFailed', nonRetryable: false, nextRetryDelay: 9000 }],
    [400, 'rejected', { type: 'NotificationRejected', nonRetryable: true }],
  ])('fails as the answer %i says', async (status, result, failure) => {
    await using receiver = await startReceiver();
    receiver.answer = { status, headers: { 'retry-after': '9' } };
    const { activities, notified, close } = setUp(receiver.url);
    const message = { channel: 'chat', notice: aNotice(), idempotencyKey: 'key' };
    await expect(environment().run(activities.notify, message)).rejects.toMatchObject(failure);
    await close();
    expect(notified.mock.calls).toEqual([[{ channelType: 'webhook', result }]]);
  });

  it('fails for good for a channel that the settings have lost', async () => {
    const { activities, close } = setUp();
    const message = { channel: 'gone', notice: aNotice(), idempotencyKey: 'key' };
    await expect(environment().run(activities.notify, message)).rejects.toMatchObject({ type: 'NotificationRejected' });
    await close();
  });

  it('sends once what is tried again because its success was not heard of', async () => {
    await using receiver = await startReceiver();
    const { activities, notified, close } = setUp(receiver.url);
    const message = { channel: 'chat', notice: aNotice(), idempotencyKey: 'key' };
    await environment().run(activities.notify, message);
    await environment({ attempt: 2 }).run(activities.notify, message);
    await environment().run(activities.notify, { ...message, channel: 'pager' });
    await environment().run(activities.notify, { ...message, idempotencyKey: 'another' });
    await close();
    expect(receiver.received).toHaveLength(3);
    expect(notified).toHaveBeenCalledTimes(3);
  });

  it('sends once while another attempt is still at it', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<{ status: number }>();
    await using receiver = await startReceiver(() => answered);
    const { activities, close } = setUp(receiver.url);
    const message = { channel: 'chat', notice: aNotice(), idempotencyKey: 'key' };
    const first = environment().run(activities.notify, message);
    await expect.poll(() => receiver.received.length).toBe(1);
    const second = environment({ attempt: 2 }).run(activities.notify, message);
    answer({ status: 200 });
    await Promise.all([first, second]);
    await close();
    expect(receiver.received).toHaveLength(1);
  });

  it('sends again what failed', async () => {
    await using receiver = await startReceiver({ status: 503 });
    const { activities, close } = setUp(receiver.url);
    const message = { channel: 'chat', notice: aNotice(), idempotencyKey: 'key' };
    await expect(environment().run(activities.notify, message)).rejects.toMatchObject({ type: 'NotificationFailed' });
    receiver.answer = { status: 200 };
    await environment({ attempt: 2 }).run(activities.notify, message);
    await close();
    expect(receiver.received).toHaveLength(2);
  });

  it('says when to come back what the rate holds back, and does not count that as a failure', async () => {
    await using receiver = await startReceiver();
    const { activities, notified, close } = setUp(receiver.url);
    const notice = aNotice({ kind: 'remediated' });
    await environment().run(activities.notify, { channel: 'crowded', notice, idempotencyKey: '1' });
    const held: unknown = await environment()
      .run(activities.notify, { channel: 'crowded', notice, idempotencyKey: '2' })
      .catch((error: unknown) => error);
    expect(held).toMatchObject({ type: 'NotificationHeld', nonRetryable: false });
    expect((held as { nextRetryDelay: number }).nextRetryDelay).toBeGreaterThan(30_000);
    await environment().run(activities.notify, { channel: 'crowded', notice: aNotice(), idempotencyKey: '3' });
    await close();
    expect(receiver.received).toHaveLength(2);
    expect(notified.mock.calls.map(([event]: unknown[]) => event)).toEqual(
      Array(2).fill({ channelType: 'webhook', result: 'delivered' }),
    );
  });
});
