import type { ChannelSettings } from '../../config/channels.ts';
import { createAlertmanagerChannel } from './alertmanager/alertmanager-channel.ts';
import { createCloudEventsChannel } from './webhook/cloudevents-channel.ts';
import { createMsTeamsChannel } from './msteams/msteams-channel.ts';
import type { NotificationChannel } from './notification-channel.ts';
import { createJsmChannel } from './jsm/jsm-channel.ts';
import { createPagerDutyChannel } from './pagerduty/pagerduty-channel.ts';
import { rateLimited } from './rate/rate-limited.ts';
import { createSlackChannel } from './slack/slack-channel.ts';
import { createWebhookChannel } from './webhook/webhook-channel.ts';

/** The channels of the settings, in their order, each within its rate. */
export function createChannels(settings: Readonly<Record<string, ChannelSettings>>): NotificationChannel[] {
  return Object.entries(settings).map(([name, channel]) => {
    const created = createChannel(name, channel);
    const rate = 'maxPerMinute' in channel ? channel.maxPerMinute : undefined;
    return rate === undefined ? created : rateLimited(created, rate);
  });
}

function createChannel(name: string, settings: ChannelSettings): NotificationChannel {
  switch (settings.type) {
    case 'alertmanager':
      return createAlertmanagerChannel(name, settings);
    case 'webhook':
      return createWebhookChannel(name, settings);
    case 'cloudevents':
      return createCloudEventsChannel(name, settings);
    case 'pagerduty':
      return createPagerDutyChannel(name, settings);
    case 'slack':
      return createSlackChannel(name, settings);
    case 'jsm':
      return createJsmChannel(name, settings);
    case 'msteams':
      return createMsTeamsChannel(name, settings);
  }
}
