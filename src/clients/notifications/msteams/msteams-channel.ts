import type { SettingsOf } from '../../../config/channels.ts';
import { informs } from '../accepts.ts';
import { renderTeamsDigest, renderTeamsMessage, type TeamsMessage } from './adaptive-card.ts';
import { deliver, JSON_HEADERS } from '../deliver.ts';
import type { Delivery, NotificationChannel } from '../notification-channel.ts';
import { createSecretUrlEndpoint } from '../secret-url-endpoint.ts';

/**
 * Posts an Adaptive Card to Microsoft Teams by a workflow of the template "post to a channel when a webhook request is
 * received". Teams knows no repetition: a message whose answer was lost comes twice if another process tries again.
 */
export function createMsTeamsChannel(name: string, settings: SettingsOf<'msteams'>): NotificationChannel {
  const endpoint = createSecretUrlEndpoint(name, settings.webhook);

  async function post(message: TeamsMessage, { signal }: Delivery): Promise<void> {
    const { http, url } = endpoint.open();
    await deliver({
      channel: name,
      http,
      explain: true,
      hide: [url, new URL(url).pathname, ...new URL(url).searchParams.values()],
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
    type: 'msteams',
    carriesVotes: settings.approvalLinks,
    accepts: informs(settings.events),
    send: (notice, delivery) => post(renderTeamsMessage(notice), delivery),
    sendDigest: (notices, delivery) => post(renderTeamsDigest(notices), delivery),
    close: () => endpoint.close(),
  };
}
