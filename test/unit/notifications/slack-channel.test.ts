import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { aDelivery, channelOf, SECRET } from './channel-of.ts';
import { HOOK_PATH, slack } from './contracts/slack.ts';
import { startReceiver } from './http-receiver.ts';
import { aNotice } from './notices.ts';

afterEach(() => vi.unstubAllEnvs());

function channelTo(url: string, settings: Record<string, unknown> = {}) {
  vi.stubEnv(SECRET.env, url);
  return channelOf({ type: 'slack', webhook: { url: SECRET }, ...settings });
}

describe('the Slack channel', () => {
  it('posts blocks that tell the story', async () => {
    const { messages, answer } = slack();
    await using receiver = await startReceiver(answer);
    await using channel = channelTo(receiver.url + HOOK_PATH);
    await channel.send(aNotice({ pictureUrl: 'https://mendloop.example/p95.png' }), aDelivery());

    const [message] = messages;
    expect(message!.text).toMatch(
      /^OrderServiceCPUThrottling: remediation escalated\. VerificationFailed: .*&lt;= 0\.2 s/,
    );
    expect(message!.blocks.map(({ type }) => type)).toEqual([
      'header',
      'section',
      'section',
      'section',
      'image',
      'section',
      'section',
      'context',
    ]);
    const text = JSON.stringify(message!.blocks);
    expect(text).toContain('🔴 OrderServiceCPUThrottling: remediation escalated');
    expect(text).toContain('*p95 latency*\\n1.94 → unknown s');
    expect(text).toContain('*Undo by hand*\\n```kubectl -n production scale deployment order-service --replicas=2```');
    expect(text).toContain('<https://runbooks.example/throttling|Runbook>');
    expect(text).toContain('• 2023-11-14T22:13:21.000Z Scaled 2 -&gt; 5; waiting until ready');
    expect(message!.blocks[4]).toEqual({
      type: 'image',
      image_url: 'https://mendloop.example/p95.png',
      alt_text: 'OrderServiceCPUThrottling: remediation escalated',
    });
  });

  it('shows by its sign how things stand', async () => {
    const { messages, answer } = slack();
    await using receiver = await startReceiver(answer);
    await using channel = channelTo(receiver.url + HOOK_PATH);
    await channel.send(aNotice({ kind: 'remediated' }), aDelivery());
    await channel.send(aNotice({ kind: 'observed' }), aDelivery());
    await channel.send(aNotice({ resolved: true }), aDelivery());
    await channel.send(aNotice({ kind: 'approval_requested' }), aDelivery());
    const headers = messages.map(({ blocks }) => (blocks[0]?.type === 'header' ? blocks[0].text.text : ''));
    expect(headers).toEqual([
      '🟢 OrderServiceCPUThrottling: remediation remediated',
      '⚪ OrderServiceCPUThrottling: remediation observed',
      '🟢 OrderServiceCPUThrottling: resolved, the remediation was escalated',
      '⚪ OrderServiceCPUThrottling: approval requested',
    ]);
  });

  it('has no markup that a label could break out of', async () => {
    const { messages, answer } = slack();
    await using receiver = await startReceiver(answer);
    await using channel = channelTo(receiver.url + HOOK_PATH);
    const evil = '<!channel> <@U1> <https://evil.example|click> &amp; ```x';
    await channel.send(
      aNotice({
        summary: evil,
        details: [evil],
        target: evil,
        manualCommand: `echo ${evil}`,
        links: [{ text: evil, url: 'https://x.example/a|b>c' }],
        alert: { ...aNotice().alert, labels: { alertname: evil, severity: evil } },
      }),
      aDelivery(),
    );
    const text = JSON.stringify(messages[0]);
    expect(text).not.toMatch(/<!channel|<@U1|<https:\/\/evil/);
    expect(text).toContain('&lt;!channel&gt; &lt;@U1&gt; &lt;https://evil.example|click&gt; &amp;amp;');
    expect(text).toContain('<https://x.example/a%7Cb%3Ec|&lt;!channel');
    // The command's own fence is the only one in its block.
    expect(text).toContain("```echo &lt;!channel&gt; &lt;@U1&gt; &lt;https://evil.example|click&gt; &amp;amp; '''x```");
  });

  it('tells many at once in one message, and how many there was no room for', async () => {
    const { messages, answer } = slack();
    await using receiver = await startReceiver(answer);
    await using channel = channelTo(receiver.url + HOOK_PATH);
    const notices = Array.from({ length: 100 }, (_, index) =>
      aNotice({ kind: index % 2 === 0 ? 'remediated' : 'observed', summary: `number ${index} <${'&'.repeat(200)}>` }),
    );
    await channel.sendDigest?.(notices.slice(0, 3), aDelivery());
    await channel.sendDigest?.(notices, aDelivery());
    const [few, many] = messages.map((message) => JSON.stringify(message));
    expect(few).toContain('3 remediations: 2 remediated, 1 observed');
    expect(few).toContain('number 0');
    expect(few).toContain('number 2');
    expect(few).not.toContain(' more');
    expect(many).toContain('100 remediations: 50 remediated, 50 observed');
    const shown = many!.match(/number \d+/g)!.length;
    expect(many).toContain(`and ${100 - shown} more`);
  });

  it('does not tell its URL when it is refused', async () => {
    await using receiver = await startReceiver(slack().answer);
    await using channel = channelTo(`${receiver.url}${HOOK_PATH}x`);
    const error: unknown = await channel.send(aNotice(), aDelivery()).catch((error: unknown) => error);
    expect(error).toMatchObject({ type: 'NotificationRejected' });
    expect(String(error)).toMatch(/channel chat: http:\/\/127\.0\.0\.1:\d+ answered 404: no_service at \[redacted\]/);
    expect(String(error)).not.toContain('hunter2');
  });

  it('comes back when Slack asks it to', async () => {
    await using receiver = await startReceiver({ status: 429, headers: { 'retry-after': '30' } });
    await using channel = channelTo(receiver.url + HOOK_PATH);
    await expect(channel.send(aNotice(), aDelivery())).rejects.toMatchObject({
      type: 'NotificationFailed',
      retryAfterMs: 30_000,
    });
  });

  it('follows a URL that is rotated while it runs', async () => {
    await using first = await startReceiver();
    await using second = await startReceiver();
    const folder = mkdtempSync(join(tmpdir(), 'mendloop-slack-'));
    const file = join(folder, 'url');
    writeFileSync(file, `${first.url}/a\n`);
    await using channel = channelOf({ type: 'slack', webhook: { url: { file } } });
    await channel.send(aNotice(), aDelivery());
    await channel.send(aNotice(), aDelivery());
    writeFileSync(file, `${second.url}/b\n`);
    await channel.send(aNotice(), aDelivery());
    rmSync(folder, { recursive: true });
    expect([first.received.map(({ url }) => url), second.received.map(({ url }) => url)]).toEqual([
      ['/a', '/a'],
      ['/b'],
    ]);
  });

  it.each(['nonsense', 'ftp://x.example/', 'https://user:hunter2@x.example/'])(
    'does not send to %s, and does not repeat it',
    async (url) => {
      await using channel = channelTo(url);
      await expect(channel.send(aNotice(), aDelivery())).rejects.toMatchObject({
        type: 'NotificationFailed',
        message: 'channel chat: its secret holds no http URL',
      });
    },
  );
});
