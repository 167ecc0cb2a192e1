import type { SettingsOf } from '../../../config/channels.ts';
import { isOver } from '../../../domain/notice/notification.ts';
import { createHttpEndpoint } from '../../http/http-endpoint.ts';
import { pages } from '../accepts.ts';
import { deliver, JSON_HEADERS } from '../deliver.ts';
import { namedSecret } from '../named-secret.ts';
import type { NotificationChannel } from '../notification-channel.ts';
import { jsmAlias, renderJsmAlert } from './jsm-alert.ts';

/**
 * Raises an alert in Jira Service Management, by its Integration Events API, where a human has to take over, and closes it
 * when a later notice says that it is over. Idempotent by the remediation, which is the alert's `alias`.
 */
export function createJsmChannel(name: string, settings: SettingsOf<'jsm'>): NotificationChannel {
  const http = createHttpEndpoint(settings.endpoint);
  return {
    name,
    type: 'jsm',
    accepts: pages,
    async send(notice, { signal }) {
      const apiKey = namedSecret(name, settings.apiKey);
      const closing = isOver(notice);
      await deliver({
        channel: name,
        http,
        explain: true,
        hide: [apiKey],
        // Closing what was never raised, or is closed: done as well.
        ignore: closing ? [404] : [],
        request: {
          ...(closing
            ? {
                path: `/v2/alerts/${jsmAlias(notice)}/close`,
                query: { identifierType: 'alias' },
                body: JSON.stringify({ source: 'Mendloop' }),
              }
            : { path: '/v2/alerts', body: JSON.stringify(renderJsmAlert(notice, settings.responders)) }),
          headers: { ...JSON_HEADERS, authorization: `GenieKey ${apiKey}` },
          signal,
        },
      });
    },
    close: () => http.close(),
  };
}
