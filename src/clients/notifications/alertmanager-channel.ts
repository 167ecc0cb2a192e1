import type { ChannelSettings } from '../../config/schema.ts';
import { renderFailureAlert } from '../../domain/failure-alert.ts';
import { FAILURE_ALERT, urgencyOf } from '../../domain/notification.ts';
import { createHttpEndpoint } from '../http/http-endpoint.ts';
import { deliver } from './deliver.ts';
import type { NotificationChannel } from './notification-channel.ts';

export type AlertmanagerSettings = Extract<ChannelSettings, { type: 'alertmanager' }>;

/**
 * Raises `RemediationFailed` by Alertmanager's API v2 where a human has to take over. Idempotent by the alert's labels,
 * the remediation among them: Alertmanager merges what it has, and does not notify again while the alert is held.
 */
export function createAlertmanagerChannel(name: string, settings: AlertmanagerSettings): NotificationChannel {
  const http = createHttpEndpoint(settings.endpoint);
  return {
    name,
    type: 'alertmanager',
    // Not for an alert of our own that was routed back to us: each failure to heal it would raise the next.
    accepts: (notice) => urgencyOf(notice) === 'failure' && notice.alert.labels['alertname'] !== FAILURE_ALERT,
    async send(notice, { since, signal }) {
      const now = Date.now();
      const alert = renderFailureAlert(notice, {
        startsAt: new Date(Math.min(since, now)).toISOString(),
        // From now: an alert that comes late, after hours of trying, must fire all the same.
        endsAt: new Date(now + settings.holdSeconds * 1000).toISOString(),
      });
      await deliver({
        channel: name,
        http,
        explain: true,
        request: {
          method: 'POST',
          path: '/api/v2/alerts',
          body: JSON.stringify([alert]),
          headers: { 'content-type': 'application/json' },
          ...(signal === undefined ? {} : { signal }),
        },
      });
    },
    close: () => http.close(),
  };
}
