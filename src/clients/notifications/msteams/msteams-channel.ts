import type { SettingsOf } from '../../../config/channels.ts';
import { createChatChannel } from '../chat-channel.ts';
import type { NotificationChannel } from '../notification-channel.ts';
import { renderTeamsDigest, renderTeamsMessage } from './adaptive-card.ts';

/**
 * Posts an Adaptive Card to Microsoft Teams by a workflow of the template "post to a channel when a webhook request is
 * received".
 */
export function createMsTeamsChannel(name: string, settings: SettingsOf<'msteams'>): NotificationChannel {
  return createChatChannel(name, settings, { render: renderTeamsMessage, renderDigest: renderTeamsDigest });
}
