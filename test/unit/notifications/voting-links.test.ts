import { DefaultLogger } from '@temporalio/worker';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { createNotificationActivities } from '../../../src/activities/notifications.ts';
import { channelSchema } from '../../../src/config/channels.ts';
import { channelOf, SECRET } from './channel-of.ts';
import { startReceiver } from './http-receiver.ts';
import { aNotice } from './notices.ts';

const approvalLinks = () => ({ publicUrl: 'https://mendloop.example', secret: 's'.repeat(32) });
const question = aNotice({
  kind: 'approval_requested',
  approval: {
    ...{ round: '2098-12-31T00:00:00.000Z', deadlineAt: '2099-01-01T00:00:00.000Z' },
    approvers: [{ name: 'sre', roles: ['sre'] }],
  },
});

/** What a channel of these settings sends of a question. */
async function sentBy(settings: (url: string) => Record<string, unknown>): Promise<string> {
  await using receiver = await startReceiver();
  vi.stubEnv(SECRET.env, receiver.url);
  await using channel = channelOf(settings(receiver.url));
  const metrics = { notified: () => undefined };
  const { notify } = createNotificationActivities({ channels: [channel], metrics, approvalLinks });
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  await environment.run(notify, { channel: 'chat', notice: question, idempotencyKey: 'key' });
  return JSON.stringify(receiver.received);
}

afterEach(() => vi.unstubAllEnvs());

it.each([
  ['slack', () => ({ type: 'slack', webhook: { url: SECRET } })],
  ['msteams', () => ({ type: 'msteams', webhook: { url: SECRET } })],
  ['webhook', (url: string) => ({ type: 'webhook', endpoint: { url } })],
  ['cloudevents', (url: string) => ({ type: 'cloudevents', endpoint: { url }, mode: 'structured' })],
])('%s carries no voting links by itself, and says how to vote under one\u2019s own name', async (_type, settings) => {
  const sent = await sentBy(settings);
  expect(sent).not.toContain('/approvals/');
  expect(sent).toContain('mendloop approve');
});

it.each([
  ['slack', { type: 'slack', webhook: { url: SECRET }, approvalLinks: true }],
  ['msteams', { type: 'msteams', webhook: { url: SECRET }, approvalLinks: true }],
  ['slack within a rate', { type: 'slack', webhook: { url: SECRET }, approvalLinks: true, maxPerMinute: 60 }],
])('%s carries them where the settings say so', async (_type, settings) => {
  expect(await sentBy(() => settings)).toMatch(/https:\/\/mendloop\.example\/approvals\/[\w-]+\.[\w-]{43}/);
});

it.each(['webhook', 'cloudevents', 'alertmanager', 'pagerduty', 'jsm'])(
  '%s, which is read by programs, cannot be told to',
  (type) => {
    const settings = { type, endpoint: { url: 'http://127.0.0.1:1' }, routingKey: SECRET, apiKey: SECRET };
    const faults = channelSchema.safeParse({ ...settings, approvalLinks: true }).error?.issues ?? [];
    expect(faults.some((issue) => issue.code === 'unrecognized_keys' && issue.keys.includes('approvalLinks'))).toBe(
      true,
    );
  },
);
