import { createChannels } from '../../../src/clients/notifications/channels.ts';
import type { NotificationChannel } from '../../../src/clients/notifications/notification-channel.ts';
import { configSchema } from '../../../src/config/schema.ts';

/** The channel that the settings describe, closed at the end of its block. */
export function channelOf(settings: Record<string, unknown>): NotificationChannel & AsyncDisposable {
  const { notifications } = configSchema.parse({ notifications: { channels: { chat: settings } } });
  const channel = createChannels(notifications.channels)[0]!;
  return { ...channel, [Symbol.asyncDispose]: () => channel.close() };
}

/** One attempt, of any key. */
export const aDelivery = (idempotencyKey = 'remediation/default/A/1/2/escalated/chat') => ({
  idempotencyKey,
  since: Date.now(),
});

/** Sets variables for one test; `vi.unstubAllEnvs` in `afterEach` takes them back. */
export const SECRET = { env: 'MENDLOOP_TEST_SECRET' } as const;
