import type { ChannelSettings } from '../../config/schema.ts';
import { createAlertmanagerChannel } from './alertmanager-channel.ts';
import type { NotificationChannel } from './notification-channel.ts';
import { createWebhookChannel } from './webhook-channel.ts';

/** The channels of the settings, in their order. */
export function createChannels(settings: Readonly<Record<string, ChannelSettings>>): NotificationChannel[] {
  return Object.entries(settings).map(([name, channel]) => {
    switch (channel.type) {
      case 'alertmanager':
        return createAlertmanagerChannel(name, channel);
      case 'webhook':
        return createWebhookChannel(name, channel);
    }
  });
}
