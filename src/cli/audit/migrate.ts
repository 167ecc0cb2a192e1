import { migratePostgres } from '../../store/migrate.ts';
import { migrationFrom, SCHEMA_VERSION } from '../../store/schema/migrations.ts';
import type { AuditSettings } from '../../config/audit-schema.ts';

export interface MigrateOptions {
  readonly user: string;
  readonly print?: boolean;
  readonly json?: boolean;
}

/** Prepares the PostgreSQL database of the settings, or prints what would. An embedded one prepares itself. */
export async function migrateAudit(
  settings: () => AuditSettings,
  { user, print, json }: MigrateOptions,
): Promise<void> {
  if (print === true) {
    process.stdout.write(migrationFrom(0));
    return;
  }
  const { store, timeoutSeconds } = settings();
  if (store.type !== 'postgres') throw new Error('audit.store is embedded: it needs no migration');
  const from = await migratePostgres({ settings: store, timeoutSeconds }, { user });
  if (json === true) console.log(JSON.stringify({ from, to: Math.max(from, SCHEMA_VERSION) }));
  else if (from >= SCHEMA_VERSION) console.log(`the schema has version ${from} already`);
  else console.log(`the schema has version ${SCHEMA_VERSION} now (was ${from === 0 ? 'not there' : from})`);
}
