import type { MemoryDatabase } from '../../support/store/memory-database.ts';

/** Every row of a store at one moment. */
export interface Snapshot {
  /** Puts them in the place of what they have become since, as a failover does that lost commits. */
  restore(): Promise<void>;
}

/** Takes snapshots of a database in memory, one in the place of the other. */
export async function rewinder(database: MemoryDatabase): Promise<() => Promise<Snapshot>> {
  const columns = await database.admin(`
    SELECT table_schema || '.' || table_name AS name, string_agg(quote_ident(column_name), ', ') AS columns
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema IN ('mendloop', 'mendloop_audit') AND is_generated = 'NEVER' AND table_type = 'BASE TABLE'
    GROUP BY 1 ORDER BY 1`);
  const tables = columns.map(({ name, columns: of }, index) => ({
    name: String(name),
    columns: String(of),
    copy: `snapshot.t${index}`,
  }));
  await database.admin('CREATE SCHEMA snapshot');
  return async () => {
    const copies = tables.map(
      ({ name, columns: of, copy }) =>
        `DROP TABLE IF EXISTS ${copy}; CREATE TABLE ${copy} AS SELECT ${of} FROM ${name}`,
    );
    await database.admin(copies.join('; '));
    return {
      restore: async () => {
        const back = tables.map(
          ({ name, columns: of, copy }) =>
            `TRUNCATE ${name}; INSERT INTO ${name} (${of}) OVERRIDING SYSTEM VALUE SELECT ${of} FROM ${copy}`,
        );
        // Another server has taken over: its sessions have checked nothing yet.
        await database.admin(`
          SET session_replication_role = replica; ${back.join('; ')}; SET session_replication_role = origin;
          UPDATE mendloop.installation SET server = 'another';
          SELECT set_config('mendloop.server_checked', '', false)`);
      },
    };
  };
}
