import type { SettingsOf } from '../../../config/channels.ts';
import { createHttpEndpoint } from '../../http/http-endpoint.ts';
import { pages } from '../accepts.ts';
import { deliver, JSON_HEADERS } from '../deliver.ts';
import { namedSecret } from '../named-secret.ts';
import type { NotificationChannel } from '../notification-channel.ts';
import { renderPagerDutyEvent } from './pagerduty-event.ts';

/**
 * Raises an incident by PagerDuty's Events API v2 where a human has to take over, and resolves it when a later notice
 * says that it is over. Idempotent by the remediation, which is the incident's `dedup_key`.
 */
export function createPagerDutyChannel(name: string, settings: SettingsOf<'pagerduty'>): NotificationChannel {
  const http = createHttpEndpoint(settings.endpoint);
  return {
    name,
    type: 'pagerduty',
    accepts: pages,
    async send(notice, { since, signal }) {
      const routingKey = namedSecret(name, settings.routingKey);
      await deliver({
        channel: name,
        http,
        explain: true,
        hide: [routingKey],
        request: {
          path: '/v2/enqueue',
          body: JSON.stringify(renderPagerDutyEvent(notice, { routingKey, since })),
          headers: JSON_HEADERS,
          signal,
        },
      });
    },
    close: () => http.close(),
  };
}
