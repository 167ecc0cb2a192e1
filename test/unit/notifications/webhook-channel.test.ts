import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createChannels } from '../../../src/clients/notifications/channels.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { renderNoticeBody } from '../../../src/domain/notice/notice-body.ts';
import { Outcome } from '../../../src/domain/remediation/outcome.ts';
import { type Answer, type Received, startReceiver } from './http-receiver.ts';
import { aNotice } from './notices.ts';

function channelTo(url: string, settings: Record<string, unknown> = {}, endpoint: Record<string, unknown> = {}) {
  const { notifications } = configSchema.parse({
    notifications: { channels: { chat: { type: 'webhook', endpoint: { url, ...endpoint }, ...settings } } },
  });
  return createChannels(notifications.channels)[0]!;
}

afterEach(() => vi.unstubAllEnvs());

const delivery = { idempotencyKey: 'remediation/Ünïcode/1/2/escalated/on call', since: Date.now() };

describe('the webhook channel', () => {
  it('posts the notice as JSON with the headers that make it recognisable', async () => {
    await using receiver = await startReceiver();
    const before = Math.floor(Date.now() / 1000);
    const channel = channelTo(`${receiver.url}/hook?code=7&team=shop`, {}, { headers: { 'x-team': 'shop' } });
    await channel.send(aNotice(), delivery);
    await channel.send(aNotice(), delivery);
    await channel.send(aNotice(), { ...delivery, idempotencyKey: 'another' });
    await channel.close();

    const [first, again, other] = receiver.received;
    expect(first).toMatchObject({
      method: 'POST',
      url: '/hook?code=7&team=shop',
      headers: { 'content-type': 'application/json', 'x-team': 'shop' },
    });
    expect(JSON.parse(first!.body)).toEqual(renderNoticeBody(aNotice()));
    expect(first!.headers['webhook-id']).toMatch(/^msg_[\w-]{43}$/);
    expect(first!.headers['idempotency-key']).toBe(first!.headers['webhook-id']);
    expect(Number(first!.headers['webhook-timestamp'])).toBeGreaterThanOrEqual(before);
    expect(again!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    expect(again!.body).toBe(first!.body);
    expect(other!.headers['webhook-id']).not.toBe(first!.headers['webhook-id']);
  });

  it.each(['/', '/hook', '/hook/'])('keeps the path as it was given: %s', async (path) => {
    await using receiver = await startReceiver();
    const channel = channelTo(receiver.url + path);
    await channel.send(aNotice(), delivery);
    await channel.close();
    expect(receiver.received[0]?.url).toBe(path);
  });

  it.each<[Answer | 'hang up', string, number | undefined]>([
    [{ status: 408 }, 'NotificationFailed', undefined],
    [{ status: 425 }, 'NotificationFailed', undefined],
    [{ status: 429, headers: { 'retry-after': '7' } }, 'NotificationFailed', 7000],
    [{ status: 500 }, 'NotificationFailed', undefined],
    [{ status: 503 }, 'NotificationFailed', undefined],
    ['hang up', 'NotificationFailed', undefined],
    [{ status: 302, headers: { location: '/elsewhere' } }, 'NotificationRejected', undefined],
    [{ status: 400, body: 'your hunter2 is wrong' }, 'NotificationRejected', undefined],
    [{ status: 404 }, 'NotificationRejected', undefined],
  ])('tells from the answer whether to try again: %j is %s', async (answer, type, retryAfterMs) => {
    await using receiver = await startReceiver();
    receiver.answer = answer;
    const channel = channelTo(`${receiver.url}/T0/hunter2`);
    const error: unknown = await channel.send(aNotice(), delivery).catch((error: unknown) => error);
    await channel.close();
    expect(error).toMatchObject({
      type,
      retryAfterMs,
      message: expect.stringMatching(/^channel chat: http:/) as string,
    });
    // Neither the URL, which is the secret of many a webhook, nor what the receiver says is passed on.
    expect(String(error)).not.toContain('hunter2');
    expect(receiver.received).toHaveLength(1);
  });

  it('can be tried again when its secret is missing for a while', async () => {
    await using receiver = await startReceiver();
    const channel = channelTo(receiver.url, {}, { bearer: { env: 'MENDLOOP_TEST_NOT_SET' } });
    await expect(channel.send(aNotice(), delivery)).rejects.toMatchObject({
      type: 'NotificationFailed',
      message: expect.stringContaining('MENDLOOP_TEST_NOT_SET') as string,
    });
    await channel.close();
    expect(receiver.received).toEqual([]);
  });

  it.each([
    ['all', ['rejected']],
    ['failures', ['remediated', 'observed', 'suppressed', 'joined', 'rejected', 'already_healthy', 'cancelled']],
  ])('wants to hear of %s, not of %j', async (events, unwanted) => {
    const channel = channelTo('http://127.0.0.1:1', { events });
    expect(Object.values(Outcome).filter((kind) => !channel.accepts(aNotice({ kind })))).toEqual(unwanted);
    await channel.close();
  });

  it('signs by the Standard Webhooks specification where it has a secret', async () => {
    await using receiver = await startReceiver();
    const secret = `whsec_${Buffer.alloc(32, 's').toString('base64')}`;
    vi.stubEnv('MENDLOOP_TEST_KEY', secret);
    const channel = channelTo(receiver.url, { signingSecret: { env: 'MENDLOOP_TEST_KEY' } });
    await channel.send(aNotice(), delivery);
    await channel.close();
    const [{ headers, body }] = receiver.received as [Received];
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(JSON.parse(body));
  });

  it('has no signature where it has no secret', async () => {
    await using receiver = await startReceiver();
    const channel = channelTo(receiver.url);
    await channel.send(aNotice(), delivery);
    await channel.close();
    expect(receiver.received[0]!.headers).not.toHaveProperty('webhook-signature');
  });

  it('tells of the end of a failure, also where it hears of failures only', async () => {
    await using receiver = await startReceiver();
    const channel = channelTo(receiver.url, { events: 'failures' });
    const notice = aNotice({ resolved: true });
    expect(channel.accepts(notice)).toBe(true);
    await channel.send(notice, delivery);
    await channel.close();
    expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({
      outcome: 'escalated',
      resolved: true,
      failure: false,
    });
  });

  it('gathers many in one body', async () => {
    await using receiver = await startReceiver();
    const channel = channelTo(receiver.url, { maxPerMinute: 10 });
    await channel.sendDigest?.([aNotice({ kind: 'remediated' }), aNotice({ kind: 'joined' })], delivery);
    await channel.close();
    expect(JSON.parse(receiver.received[0]!.body)).toEqual({
      apiVersion: 'mendloop.dev/v1',
      kind: 'RemediationDigest',
      summary: '2 remediations: 1 remediated, 1 joined',
      notices: [
        expect.objectContaining({ outcome: 'remediated', remediationId: aNotice().remediationId }) as object,
        expect.objectContaining({ outcome: 'joined' }) as object,
      ],
    });
  });
});
