import { CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { renderNoticeBody } from '../../../src/domain/notice/notice-body.ts';
import { aDelivery, channelOf, SECRET } from './channel-of.ts';
import { type Received, startReceiver } from './http-receiver.ts';
import { aNotice } from './notices.ts';

afterEach(() => vi.unstubAllEnvs());

const KEY = `whsec_${Buffer.alloc(24, 'k').toString('base64')}`;
const OLD_KEY = `whsec_${Buffer.alloc(64, 'o').toString('base64')}`;

/** Reads an event by the specification's own SDK, which throws where it is none. */
function eventOf({ headers, body }: Received): CloudEvent<unknown> {
  const event = HTTP.toEvent<unknown>({ headers, body });
  if (!(event instanceof CloudEvent)) throw new Error('a batch, which nobody asked for');
  event.validate();
  return event;
}

const verify = (key: string, { headers, body }: Received) =>
  new Webhook(key).verify(body, headers as Record<string, string>);

describe.each(['binary', 'structured'] as const)('the CloudEvents channel in %s mode', (mode) => {
  it('posts an event', async () => {
    await using receiver = await startReceiver({ status: 204 });
    await using channel = channelOf({ type: 'cloudevents', endpoint: { url: receiver.url }, mode });
    const delivery = aDelivery();
    await channel.send(aNotice(), delivery);
    const [request] = receiver.received;
    const event = eventOf(request!);
    expect(event.toJSON()).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^msg_[\w-]{43}$/) as string,
      source: 'urn:mendloop',
      type: 'dev.mendloop.remediation.notice.v1',
      subject: aNotice().remediationId,
      time: new Date(delivery.since).toISOString(),
      datacontenttype: 'application/json',
      data: renderNoticeBody(aNotice()),
    });
    expect(request!.headers['content-type']).toBe(
      mode === 'binary' ? 'application/json' : 'application/cloudevents+json; charset=utf-8',
    );
    expect(request!.headers).not.toHaveProperty('ce-datacontenttype');
    expect('ce-id' in request!.headers).toBe(mode === 'binary');
    expect(request!.headers['webhook-id']).toBe(event.id);
  });

  it('has the same identity at each attempt, and another for another notice', async () => {
    await using receiver = await startReceiver();
    await using channel = channelOf({ type: 'cloudevents', endpoint: { url: receiver.url }, mode });
    const delivery = aDelivery('one');
    await channel.send(aNotice(), delivery);
    await channel.send(aNotice(), delivery);
    await channel.send(aNotice(), aDelivery('two'));
    const [first, again, other] = receiver.received.map(eventOf);
    expect(again).toEqual(first);
    expect(other!.id).not.toBe(first!.id);
  });

  it('signs so that a receiver can verify, with the old key too while there is one', async () => {
    await using receiver = await startReceiver();
    vi.stubEnv('MENDLOOP_TEST_KEY', KEY);
    vi.stubEnv('MENDLOOP_TEST_OLD_KEY', OLD_KEY);
    const endpoint = { url: receiver.url };
    const signingSecret = { env: 'MENDLOOP_TEST_KEY' };
    const previousSigningSecret = { env: 'MENDLOOP_TEST_OLD_KEY' };
    await using channel = channelOf({ type: 'cloudevents', endpoint, mode, signingSecret, previousSigningSecret });
    await channel.send(aNotice({ summary: 'Größe €' }), aDelivery());
    const [request] = receiver.received;
    expect(verify(KEY, request!)).toEqual(JSON.parse(request!.body));
    expect(verify(OLD_KEY, request!)).toEqual(JSON.parse(request!.body));
    expect(() => verify(`whsec_${Buffer.alloc(24, 'x').toString('base64')}`, request!)).toThrow(/signature/);
    expect(() => verify(KEY, { ...request!, body: `${request!.body} ` })).toThrow(/signature/);
  });

  it('gathers many in one event', async () => {
    await using receiver = await startReceiver();
    await using channel = channelOf({ type: 'cloudevents', endpoint: { url: receiver.url }, mode });
    await channel.sendDigest?.([aNotice({ kind: 'remediated' }), aNotice({ kind: 'observed' })], aDelivery());
    const event = eventOf(receiver.received[0]!);
    expect(event.type).toBe('dev.mendloop.remediation.digest.v1');
    expect(event.data).toMatchObject({
      apiVersion: 'mendloop.dev/v1',
      kind: 'RemediationDigest',
      summary: '2 remediations: 1 remediated, 1 observed',
      notices: [{ outcome: 'remediated', alertName: 'OrderServiceCPUThrottling' }, { outcome: 'observed' }],
    });
  });
});

describe('the CloudEvents channel', () => {
  it('encodes what a header cannot hold', async () => {
    await using receiver = await startReceiver();
    await using channel = channelOf({ type: 'cloudevents', endpoint: { url: receiver.url } });
    const remediationId = 'remediation/Größe "50%" 😀/1/2';
    await channel.send(aNotice({ remediationId }), aDelivery());
    const [request] = receiver.received;
    expect(request!.headers['ce-subject']).toBe('remediation/Gr%C3%B6%C3%9Fe%20%2250%25%22%20%F0%9F%98%80/1/2');
    expect(decodeURIComponent(String(request!.headers['ce-subject']))).toBe(remediationId);
  });

  it('carries the picture as SVG', async () => {
    await using receiver = await startReceiver();
    await using channel = channelOf({ type: 'cloudevents', endpoint: { url: receiver.url } });
    const pictureSvg = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>';
    await channel.send(aNotice({ pictureSvg }), aDelivery());
    await channel.send(aNotice({ pictureSvg: `<svg>${'x'.repeat(100_000)}</svg>` }), aDelivery());
    await channel.send(aNotice({ pictureSvg: 'javascript:alert(1)' }), aDelivery());
    const bodies = receiver.received.map(({ body }) => JSON.parse(body) as { pictureSvg?: string });
    expect(bodies.map((body) => body.pictureSvg)).toEqual([pictureSvg, undefined, undefined]);
  });

  it.each([
    'short',
    'whsec_c2hvcnQ=',
    `whsec_${Buffer.alloc(65).toString('base64')}`,
    'not base64 at all, but long enough',
  ])('does not sign with %s, and does not repeat it', async (secret) => {
    await using receiver = await startReceiver();
    vi.stubEnv(SECRET.env, secret);
    await using channel = channelOf({ type: 'cloudevents', endpoint: { url: receiver.url }, signingSecret: SECRET });
    const error: unknown = await channel.send(aNotice(), aDelivery()).catch((error: unknown) => error);
    expect(error).toMatchObject({ type: 'NotificationFailed' });
    expect(String(error)).toContain('its signing secret is not whsec_ and 24 to 64 bytes in base64');
    expect(String(error)).not.toContain(secret.replace('whsec_', ''));
    expect(receiver.received).toEqual([]);
  });
});
