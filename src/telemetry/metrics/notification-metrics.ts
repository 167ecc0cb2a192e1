import type { ChannelType } from '../../config/channels.ts';
import { boundedLabel } from '../bounded-label.ts';
import type { MetricFactory } from './metric-factory.ts';

const notificationResults = ['delivered', 'failed', 'rejected'] as const;
export type NotificationResult = (typeof notificationResults)[number];

export interface NotificationMetrics {
  notified(event: { readonly channelType: string; readonly result: NotificationResult }): void;
}

const known = Object.keys({
  alertmanager: true,
  cloudevents: true,
  msteams: true,
  jsm: true,
  pagerduty: true,
  slack: true,
  webhook: true,
} satisfies Record<ChannelType, true>);

/** Channel types are few and come from the code; this only keeps a fault from growing without end. */
const MAX_TYPES = 50;

export function notificationMetrics(make: MetricFactory): NotificationMetrics {
  const notices = make.counter('mendloop_notifications_total', 'Notices sent.', ['channel_type', 'result']);
  const types = boundedLabel(MAX_TYPES);
  // A refusal happens once: it would be missing from every increase if its series came with it.
  for (const channel_type of known.map(types)) {
    for (const result of notificationResults) notices.inc({ channel_type, result }, 0);
  }
  return {
    notified: ({ channelType, result }) => notices.inc({ channel_type: types(channelType), result }),
  };
}
