import { afterEach, describe, expect, it, vi } from 'vitest';
import { aDelivery, channelOf, SECRET } from './channel-of.ts';
import { FLOW_PATH, shown, teams } from './contracts/teams.ts';
import { startReceiver } from './http-receiver.ts';
import { aNotice } from './notices.ts';

afterEach(() => vi.unstubAllEnvs());

function channelTo(url: string) {
  vi.stubEnv(SECRET.env, url);
  return channelOf({ type: 'msteams', webhook: { url: SECRET } });
}

describe('the Microsoft Teams channel', () => {
  it('posts a card that tells the story', async () => {
    const { cards, answer } = teams();
    await using receiver = await startReceiver(answer);
    await using channel = channelTo(receiver.url + FLOW_PATH);
    await channel.send(aNotice({ pictureUrl: 'https://mendloop.example/p95.png' }), aDelivery());

    const [card] = cards;
    expect(shown(card!)).toEqual([
      'OrderServiceCPUThrottling: remediation escalated',
      'VerificationFailed: p95 latency 0.9 s is not <= 0.2 s; undo it by hand',
      'Target: default/production/Deployment/order-service',
      'Action: scale',
      'Replicas: 2 → 5',
      'p95 latency: 1.94 → unknown s',
      'Severity: critical',
      'Team: shop',
      'Service: order-service',
      'Since: 2023-11-14T22:13:20.000Z',
      'Undo by hand:',
      'kubectl -n production scale deployment order-service --replicas=2',
      '2023-11-14T22:13:21.000Z Scaled 2 -> 5; waiting until ready',
    ]);
    expect(card!.body).toContainEqual({
      type: 'Image',
      url: 'https://mendloop.example/p95.png',
      altText: 'OrderServiceCPUThrottling: remediation escalated',
      size: 'Stretch',
    });
    expect(card!.body[0]).toMatchObject({ inlines: [{ color: 'Attention' }] });
    expect(card!.actions.map(({ title }) => title)).toEqual(['Remediation', 'Runbook']);
  });

  it('leaves out the oldest of a story that is too long', async () => {
    const { cards, answer } = teams();
    await using receiver = await startReceiver(answer);
    await using channel = channelTo(receiver.url + FLOW_PATH);
    const details = Array.from({ length: 50 }, (_, index) => `line ${index} ${'ü'.repeat(400)}`);
    await channel.send(aNotice({ details }), aDelivery());
    const lines = shown(cards[0]!).filter((line) => line.startsWith('line '));
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.length).toBeLessThan(50);
    expect(lines.at(-1)).toMatch(/^line 49 /);
    expect(lines[0]).toMatch(new RegExp(`^line ${50 - lines.length} `));
  });

  it('tells many at once in one card, and how many there was no room for', async () => {
    const { cards, answer } = teams();
    await using receiver = await startReceiver(answer);
    await using channel = channelTo(receiver.url + FLOW_PATH);
    const notices = Array.from({ length: 100 }, (_, index) =>
      aNotice({ kind: 'remediated', summary: `number ${index} ${'ü'.repeat(300)}` }),
    );
    await channel.sendDigest?.(notices, aDelivery());
    const lines = shown(cards[0]!);
    expect(lines[0]).toBe('100 remediations: 100 remediated');
    expect(lines.at(-1)).toBe(`and ${100 - (lines.length - 2)} more`);
  });

  it('does not tell its URL when it is refused', async () => {
    await using receiver = await startReceiver(teams().answer);
    await using channel = channelTo(`${receiver.url}${FLOW_PATH}x`);
    const error: unknown = await channel.send(aNotice(), aDelivery()).catch((error: unknown) => error);
    expect(error).toMatchObject({ type: 'NotificationRejected' });
    expect(String(error)).toContain('answered 401: the signature of');
    expect(String(error)).not.toContain('hunter2');
  });
});
