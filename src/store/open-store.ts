import type { AuditSettings } from '../config/audit-schema.ts';
import type { ClusterLimits } from '../domain/guards/cluster-limits.ts';
import { isRestored } from './admission/remembered.ts';
import { SqlAdmissionStore } from './admission/sql-admission-store.ts';
import type { AuditStore } from './audit/audit-log.ts';
import { auditLogOf } from './audit/open-audit-log.ts';
import type { Database } from './database.ts';
import { SqlGuardStore } from './guards/sql-guard-store.ts';
import { SqlIncidentStore } from './incidents/sql-incident-store.ts';
import { openDatabase } from './open-database.ts';
import type { SendWakeUp, Store } from './store.ts';
import { SqlUnhandledStore } from './unhandled/sql-unhandled-store.ts';

export interface StoreOptions {
  readonly settings: AuditSettings;
  /** Of the whole cluster; in force for what this process works out: give all processes the same. */
  readonly limits: ClusterLimits;
  /** Name of the cluster in targets: the one whose guards are shown, and paused. */
  readonly cluster: string;
  /** Absent: what this process commits is sent by the sweep of another. */
  readonly send?: SendWakeUp;
  /** A circuit breaker has opened or closed, by a commit of this process. */
  readonly onBreaker?: (to: 'open' | 'closed') => void;
  /** Epoch ms; absent: the clock of the database. For tests. */
  readonly now?: () => number;
}

/**
 * The store of the settings.
 *
 * @throws MendloopError `StoreUnavailable` if its database cannot be reached or is not prepared; `Internal` for a broken key.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { settings, limits, cluster, send, onBreaker, now } = options;
  const database = await openDatabase(settings);
  const audit = await prepare(settings, database).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  const admission = new SqlAdmissionStore({ database, limits, send, onBreaker, now });
  const incidents = new SqlIncidentStore(database);
  const unhandled = new SqlUnhandledStore(database);
  return {
    admission,
    guards: new SqlGuardStore({ database, limits, cluster, now, queue: admission.queue }),
    incidents,
    unhandled,
    audit,
    database,
    close: async () => {
      await Promise.all([admission.close(), incidents.close(), unhandled.close()]);
      await audit.close();
    },
  };
}

async function prepare(settings: AuditSettings, database: Database): Promise<AuditStore> {
  await isRestored(database); // Which server it is, is noted from the beginning.
  return auditLogOf(settings, database);
}
