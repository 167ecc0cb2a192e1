import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aDelivery, channelOf, SECRET } from './channel-of.ts';
import { API_KEY, jsm, PATH } from './contracts/jsm.ts';
import { startReceiver } from './http-receiver.ts';
import { aNotice } from './notices.ts';

beforeEach(() => vi.stubEnv(SECRET.env, API_KEY));
afterEach(() => vi.unstubAllEnvs());

const channelTo = (url: string, settings: Record<string, unknown> = {}) =>
  channelOf({ type: 'jsm', endpoint: { url: `${url}${PATH}` }, apiKey: SECRET, ...settings });

describe('the channel of Jira Service Management', () => {
  it('raises an alert that says what to do', async () => {
    const { open, answer } = jsm();
    await using receiver = await startReceiver(answer);
    const responders = [
      { type: 'team', id: '4513b7ea-3b91-438f-b7e4-e3e54af9147c' },
      { type: 'user', id: 'bb4d9938-c3c2-455d-aaab-727aa701c0d8' },
    ];
    await using channel = channelTo(receiver.url, { responders });
    await channel.send(aNotice(), aDelivery());

    const [alert] = [...open.values()];
    expect(alert).toMatchObject({
      alias: expect.stringMatching(/^mendloop-[0-9a-f]{64}$/) as string,
      responders,
      tags: ['mendloop', 'severity:critical', 'team:shop', 'service:order-service'],
      details: { remediation: aNotice().remediationId, outcome: 'escalated', team: 'shop' },
      entity: 'default/production/Deployment/order-service',
      source: 'Mendloop',
      priority: 'P1',
    });
    expect(alert!.message).toMatch(/^OrderServiceCPUThrottling: remediation escalated\. VerificationFailed/);
    expect(alert!.description).toContain(`Undo by hand: ${aNotice().manualCommand}`);
    expect(alert!.description).toContain('p95 latency: 1.94 → unknown s');
    expect(alert!.description).toContain('Runbook: https://runbooks.example/throttling');
    expect(alert!.description).toContain(aNotice().details[0]);
  });

  it('raises one alert however often it is told, and closes it when it is over', async () => {
    const { open, answer } = jsm();
    await using receiver = await startReceiver(answer);
    await using channel = channelTo(receiver.url);
    await channel.send(aNotice(), aDelivery());
    await channel.send(aNotice(), aDelivery());
    expect(open.size).toBe(1);
    await channel.send(aNotice({ resolved: true }), aDelivery());
    expect(open.size).toBe(0);
    // Again, and what was never raised.
    await channel.send(aNotice({ resolved: true }), aDelivery());
    await channel.send(aNotice({ kind: 'remediated', remediationId: 'remediation/default/B/1/2' }), aDelivery());
    expect(receiver.received).toHaveLength(5);
  });

  it('reaches an Opsgenie that has not been moved yet, by its address', async () => {
    await using receiver = await startReceiver({ status: 202 });
    await using channel = channelOf({ type: 'jsm', endpoint: { url: receiver.url }, apiKey: SECRET });
    await channel.send(aNotice(), aDelivery());
    expect(receiver.received[0]?.url).toBe('/v2/alerts');
  });

  it('is refused for good without the key in the message', async () => {
    await using receiver = await startReceiver(jsm().answer);
    await using channel = channelTo(receiver.url);
    vi.stubEnv(SECRET.env, 'hunter2-hunter2');
    const error: unknown = await channel.send(aNotice(), aDelivery()).catch((error: unknown) => error);
    expect(error).toMatchObject({ type: 'NotificationRejected' });
    expect(String(error)).toContain('answered 403: unknown GenieKey');
    expect(String(error)).not.toContain('hunter2');
  });

  it('does not take a path that is wrong for an alert that is closed', async () => {
    await using receiver = await startReceiver({ status: 404 });
    await using channel = channelTo(receiver.url);
    await expect(channel.send(aNotice(), aDelivery())).rejects.toMatchObject({ type: 'NotificationRejected' });
  });
});
