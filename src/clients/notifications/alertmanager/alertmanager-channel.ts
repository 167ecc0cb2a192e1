import type { SettingsOf } from '../../../config/channels.ts';
import { renderFailureAlert } from '../../../domain/notice/failure-alert.ts';
import { FAILURE_ALERT, isFailure } from '../../../domain/notice/notification.ts';
import { createHttpEndpoint } from '../../http/http-endpoint.ts';
import { deliver, JSON_HEADERS } from '../deliver.ts';
import type { NotificationChannel } from '../notification-channel.ts';

/**
 * Raises `RemediationFailed` by Alertmanager's API v2 where a human has to take over. Idempotent by the alert's labels,
 * the remediation among them: Alertmanager merges what it has, and does not notify again while the alert is held. A later
 * notice that the failure is over ends the alert.
 */
export function createAlertmanagerChannel(name: string, settings: SettingsOf<'alertmanager'>): NotificationChannel {
  const http = createHttpEndpoint(settings.endpoint);
  return {
    name,
    type: 'alertmanager',
    // Not for an alert of our own that was routed back to us: each failure to heal it would raise the next.
    accepts: (notice) => isFailure(notice) && notice.alert.labels['alertname'] !== FAILURE_ALERT,
    async send(notice, { since, signal }) {
      const now = Date.now();
      // From now: an alert that comes late, after hours of trying, must fire all the same.
      const endsAt = notice.resolved === true ? now : now + settings.holdSeconds * 1000;
      const alert = renderFailureAlert(notice, {
        // An end must come after its start, and Alertmanager cuts an alert short only where they overlap.
        startsAt: new Date(Math.min(since, endsAt - 1)).toISOString(),
        endsAt: new Date(endsAt).toISOString(),
      });
      await deliver({
        channel: name,
        http,
        explain: true,
        request: {
          path: '/api/v2/alerts',
          body: JSON.stringify([alert]),
          headers: JSON_HEADERS,
          signal,
        },
      });
    },
    close: () => http.close(),
  };
}
