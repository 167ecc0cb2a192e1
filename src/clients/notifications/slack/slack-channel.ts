import type { SettingsOf } from '../../../config/channels.ts';
import { createChatChannel } from '../chat-channel.ts';
import type { NotificationChannel } from '../notification-channel.ts';
import { renderSlackDigest, renderSlackMessage } from './slack-blocks.ts';

/** Posts to a Slack incoming webhook, or what is compatible with it. */
export function createSlackChannel(name: string, settings: SettingsOf<'slack'>): NotificationChannel {
  return createChatChannel(name, settings, { render: renderSlackMessage, renderDigest: renderSlackDigest });
}
