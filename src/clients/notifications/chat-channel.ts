import type { SettingsOf } from '../../config/channels.ts';
import type { RemediationNotice } from '../../domain/notice/notification.ts';
import { informs } from './accepts.ts';
import { deliver, JSON_HEADERS } from './deliver.ts';
import type { Delivery, NotificationChannel } from './notification-channel.ts';
import { createSecretUrlEndpoint } from './secret-url-endpoint.ts';

/** What one chat has that the others have not. */
export interface Chat {
  readonly render: (notice: RemediationNotice) => object;
  readonly renderDigest: (notices: readonly RemediationNotice[]) => object;
}

/**
 * Posts to a chat by a webhook whose URL is its secret. Chats know no repetition: a message whose answer was lost comes
 * twice if another process tries again.
 */
export function createChatChannel(
  name: string,
  settings: SettingsOf<'slack' | 'msteams'>,
  { render, renderDigest }: Chat,
): NotificationChannel {
  const endpoint = createSecretUrlEndpoint(name, settings.webhook);

  async function post(message: object, { signal }: Delivery): Promise<void> {
    const { http, url } = endpoint.open();
    const { pathname, searchParams } = new URL(url);
    await deliver({
      channel: name,
      http,
      explain: true,
      hide: [url, pathname, ...searchParams.values()],
      request: { body: JSON.stringify(message), headers: JSON_HEADERS, signal },
    });
  }

  return {
    name,
    type: settings.type,
    carriesVotes: settings.approvalLinks,
    accepts: informs(settings.events),
    send: (notice, delivery) => post(render(notice), delivery),
    sendDigest: (notices, delivery) => post(renderDigest(notices), delivery),
    close: () => endpoint.close(),
  };
}
