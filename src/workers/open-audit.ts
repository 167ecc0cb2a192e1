import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { createAuditKeeper, type AuditKeeper } from '../store/audit/audit-keeper.ts';
import type { AuditLog, AuditStore } from '../store/audit/audit-log.ts';
import { openAuditLog, signingKey } from '../store/audit/open-audit-log.ts';
import { ensureRetentionSchedule } from '../store/audit/retention-schedule.ts';
import { createSinks } from '../store/audit/shipping/create-sinks.ts';
import { startShipping } from '../store/audit/shipping/ship.ts';
import { createSigner } from '../store/audit/signing-key.ts';
import type { Config } from '../config/schema.ts';
import { isTampering, MendloopError } from '../domain/failures.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface AuditPart {
  readonly log: AuditLog;
  readonly keeper: AuditKeeper;
  close(): Promise<void>;
}

/**
 * The audit log of the settings with all that keeps it: counted appends, shipping to the sinks, and the Schedule that
 * verifies, signs and trims it.
 *
 * @throws MendloopError `AuditUnavailable`: a worker that could record nothing must not start.
 */
export async function openAudit(parts: {
  config: Config;
  client: Client;
  metrics: Metrics;
  logger: Logger;
}): Promise<AuditPart> {
  const { config, client, metrics, logger } = parts;
  const settings = config.audit;
  const store = await openAuditLog(settings);
  const sinks = createSinks(settings.shipping);
  const shipping = startShipping({
    store,
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
    store,
    signer: createSigner(signingKey(settings)),
    retentionDays: settings.retentionDays,
    sinks: sinks.map(({ name }) => name),
  });
  await ensureRetentionSchedule({
    client,
    taskQueue: config.temporal.taskQueue,
    workflowType: 'auditRetention',
    everyMinutes: settings.checkpointMinutes,
  });
  return {
    log: counted(store, metrics),
    keeper,
    close: async () => {
      await shipping.stop();
      await store.close();
    },
  };
}

function counted(store: AuditStore, metrics: Metrics): AuditLog {
  return {
    append: async (entries) => {
      try {
        await store.append(entries);
        metrics.auditAppended({ records: entries.length, at: Date.now() });
      } catch (error) {
        metrics.auditAppendFailed(error instanceof MendloopError ? error.type : 'Internal');
        throw error;
      }
    },
    list: (query) => store.list(query),
    verify: (options) => store.verify(options),
    close: () => store.close(),
  };
}
