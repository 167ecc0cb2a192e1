import type { ApiSettings } from '../../config/api-schema.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import type { AuditLog } from '../../store/audit/audit-log.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { Slots } from '../http/slots.ts';
import type { Delivery } from './delivery.ts';
import { deliverAlerts, type DeliveryParts } from './deliver-alerts.ts';
import { enterDue } from './enter-due.ts';
import { DecisionRecord } from './decision-record.ts';
import { Marker } from './marker.ts';
import type { RemediationStarter } from './remediation-starter.ts';

export interface IntakeParts extends Pick<
  DeliveryParts,
  'policy' | 'cluster' | 'flags' | 'holdsPages' | 'metrics' | 'incidents' | 'unhandled' | 'starter' | 'observer'
> {
  readonly settings: Pick<ApiSettings, 'maxAlertsPerRequest' | 'startConcurrency' | 'maxStarts'>;
  /** Where every decision is recorded; absent: nowhere, as in tests of what is around it. */
  readonly audit?: Pick<AuditLog, 'append'>;
  readonly logger: Logger;
  /** Epoch ms. */
  readonly clock?: () => number;
}

/** The way of every alert from its delivery to its remediation. */
export interface Intake {
  /** Takes the alerts of a request; what becomes of each is in the answer. Rejects with faults of our own only. */
  deliver(alerts: readonly Alert[]): Promise<Delivery>;
  /**
   * Enters again the incidents that ended without a cure and whose reason has passed. Safe in several processes at once.
   * Gives how many.
   *
   * @throws MendloopError `StoreUnavailable`, `TemporalUnavailable`: the rest is due still.
   */
  enterDue(): Promise<number>;
  /** Settles when nothing is left to be remembered in the background. */
  close(): Promise<void>;
}

/** `cluster` is of the settings, or of the sender's credential: an intake for each. */
export function createIntake({ settings, audit, logger, clock = Date.now, ...parts }: IntakeParts): Intake {
  const decisions = audit && new DecisionRecord({ audit, cluster: parts.cluster, clock, logger });
  const recorded = decisions?.recording(parts.starter) ?? parts.starter;
  const starter = bounded(recorded, settings.maxStarts);
  const marker = new Marker({ incidents: parts.incidents, starter, logger });
  const delivery: DeliveryParts = {
    ...parts,
    starter,
    marker,
    decisions,
    clock,
    concurrency: settings.startConcurrency,
    maxAlerts: settings.maxAlertsPerRequest,
  };
  return {
    deliver: (alerts) => deliverAlerts(delivery, alerts),
    enterDue: () => enterDue(delivery),
    close: async () => {
      await Promise.all([marker.drain(), decisions?.drain()]);
    },
  };
}

/** Calls to Temporal, of all requests together. */
function bounded(starter: RemediationStarter, limit: number): RemediationStarter {
  const slots = new Slots(limit);
  return {
    start: (request) => slots.run(() => starter.start(request)),
    resolve: (request) => slots.run(() => starter.resolve(request)),
  };
}
