import type { SettingsOf } from '../../../config/channels.ts';
import { informs } from '../accepts.ts';
import { deliver, JSON_HEADERS } from '../deliver.ts';
import type { Delivery, NotificationChannel } from '../notification-channel.ts';
import { createSecretUrlEndpoint } from '../secret-url-endpoint.ts';
import { renderSlackDigest, renderSlackMessage, type SlackMessage } from './slack-blocks.ts';

/**
 * Posts to a Slack incoming webhook, or what is compatible with it. Slack knows no repetition: a message whose answer was
 * lost comes twice if another process tries again.
 */
export function createSlackChannel(name: string, settings: SettingsOf<'slack'>): NotificationChannel {
  const endpoint = createSecretUrlEndpoint(name, settings.webhook);

  async function post(message: SlackMessage, { signal }: Delivery): Promise<void> {
    const { http, url } = endpoint.open();
    await deliver({
      channel: name,
      http,
      explain: true,
      hide: [url, new URL(url).pathname],
      request: {
        method: 'POST',
        path: '',
        body: JSON.stringify(message),
        headers: JSON_HEADERS,
        ...(signal === undefined ? {} : { signal }),
      },
    });
  }

  return {
    name,
    type: 'slack',
    carriesVotes: settings.approvalLinks,
    accepts: informs(settings.events),
    send: (notice, delivery) => post(renderSlackMessage(notice), delivery),
    sendDigest: (notices, delivery) => post(renderSlackDigest(notices), delivery),
    close: () => endpoint.close(),
  };
}
