import { anchorFile } from '../store/audit/anchor-file.ts';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { ensureSchedule } from '../clients/temporal/schedules.ts';
import type { Config } from '../config/schema.ts';
import { SWEEP_WORKFLOW } from '../contract/remediation.ts';
import { taskQueueOf } from '../contract/task-queue.ts';
import { isTampering } from '../domain/failures.ts';
import { type AuditKeeper, createAuditKeeper } from '../store/audit/audit-keeper.ts';
import type { AuditLog } from '../store/audit/audit-log.ts';
import { createSinks } from '../store/audit/shipping/create-sinks.ts';
import { startShipping } from '../store/audit/shipping/ship.ts';
import { createSigner } from '../store/audit/signing-key.ts';
import { signingKey } from '../store/audit/open-audit-log.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { countedAdmission, countedAudit } from './counted-store.ts';
import { sendWakeUps } from './store-ports.ts';

/** The store as a worker has it: with all that keeps it. */
export interface StorePart extends Pick<Store, 'admission' | 'incidents'> {
  /** Counted appends. */
  readonly audit: AuditLog;
  readonly keeper: AuditKeeper;
  close(): Promise<void>;
}

export interface StoreParts {
  readonly config: Config;
  readonly client: Client;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Seconds between two sweeps by the Schedule; what a process commits it sends itself, at once. */
const SWEEP_SECONDS = 30;

/**
 * The store of the settings, whose commits wake remediations.
 *
 * @throws MendloopError `StoreUnavailable`: a part that could store nothing must not start.
 */
export function openStoreOf(
  parts: Pick<StoreParts, 'config' | 'client'> & Partial<Pick<StoreParts, 'metrics'>>,
): Promise<Store> {
  const { config, client, metrics } = parts;
  const { audit: settings, guards: limits, kubernetes } = config;
  const send = sendWakeUps(client);
  const onBreaker = (to: 'open' | 'closed') => metrics?.breakerChanged({ to });
  return openStore({ settings, limits, cluster: kubernetes.cluster, send, onBreaker });
}

/** What keeps a store: shipping of the audit log, and the Schedules that verify, sign, trim and sweep. */
export async function keepStore(store: Store, parts: StoreParts): Promise<StorePart> {
  const { config, client, metrics, logger } = parts;
  const settings = config.audit;
  const { audit, admission, incidents } = store;
  const sinks = createSinks(settings.shipping);
  const shipping = startShipping({
    store: audit,
    sinks,
    batchSize: settings.shipping.batchSize,
    pollSeconds: settings.shipping.pollSeconds,
    onError: ({ sink, error }) => {
      if (isTampering(error)) {
        metrics.auditVerified({ intact: false, at: Date.now() });
        logger.error({ sink, err: error }, 'the audit log is not as it was written: it is not shipped any further');
      } else logger.warn({ sink, err: error }, 'the audit log could not be shipped; trying again');
    },
  });
  const keeper = createAuditKeeper({
    store: audit,
    signer: createSigner(signingKey(settings)),
    retentionDays: settings.retentionDays,
    prune: settings.prune,
    sinks: sinks.map(({ name }) => name),
    anchors: settings.anchorFile === undefined ? undefined : anchorFile(settings.anchorFile),
  });
  const taskQueue = taskQueueOf(config);
  // Several installations may share a namespace of Temporal; each has a store of its own to be kept.
  const installation = `${encodeURIComponent(config.kubernetes.cluster)}/${encodeURIComponent(config.temporal.taskQueue)}`;
  await Promise.all([
    ensureSchedule({
      ...{ client, taskQueue, scheduleId: `mendloop-audit-retention/${installation}` },
      ...{ workflowType: 'auditRetention', workflowId: `audit-retention/${installation}` },
      everySeconds: settings.checkpointMinutes * 60,
    }),
    ensureSchedule({
      ...{ client, taskQueue, scheduleId: `mendloop-sweep/${installation}` },
      ...{ workflowType: SWEEP_WORKFLOW, workflowId: `sweep/${installation}` },
      everySeconds: SWEEP_SECONDS,
    }),
  ]);
  return {
    admission: countedAdmission(admission, metrics),
    incidents,
    audit: countedAudit(audit, metrics),
    keeper,
    close: () => shipping.stop(),
  };
}
