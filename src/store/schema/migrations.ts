import { ADMISSION_GRANTS, ADMISSION_TABLES } from './admission.ts';
import { AUDIT } from './audit.ts';
import { COMMIT_ADMISSION } from './commit-admission.ts';
import { FENCE } from './fence.ts';
import { INCIDENTS } from './incidents.ts';
import { READ_ADMISSION } from './read-admission.ts';
import { ROLES } from './roles.ts';

const FIRST = [
  ROLES,
  'CREATE SCHEMA mendloop;',
  // `oldest`: of the processes that work on it.
  'CREATE TABLE mendloop.schema_version (version int NOT NULL, oldest int NOT NULL);',
  AUDIT,
  INCIDENTS,
  ADMISSION_TABLES,
  READ_ADMISSION,
  COMMIT_ADMISSION,
  FENCE,
  'REVOKE ALL ON ALL FUNCTIONS IN SCHEMA mendloop FROM PUBLIC;',
  'GRANT USAGE ON SCHEMA mendloop TO mendloop_writer, mendloop_retention;',
  'GRANT SELECT ON mendloop.schema_version TO mendloop_writer, mendloop_retention;',
  ADMISSION_GRANTS,
].join('\n');

/**
 * One step of the schema. Processes of the version before are at work while it is made and afterwards, until the last of
 * them has been replaced: so a release only expands (a table, a column that may be left out, a function under another name or
 * with the same arguments and answers), and what it has put out of use a later release contracts, when no process that
 * needs it is supported any more.
 */
export interface Migration {
  readonly sql: string;
  /**
   * The oldest version whose processes work on the schema that this leads to: that of the step before where it expands, a
   * later one where it contracts.
   */
  readonly oldest: number;
}

/** By the version that each leads to, in order. A migration that was released is never changed. */
export const MIGRATIONS: readonly Migration[] = [{ sql: FIRST, oldest: 1 }];

/** Of all tables: what this version of Mendloop writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** How long a migration waits for a statement under way: meanwhile all others wait behind it. */
const LOCK_TIMEOUT = '10s';

/**
 * Everything that brings a database from `version` (0: nothing there) to the last of the migrations, in one transaction, for
 * PostgreSQL 14 and newer and for PGlite. Run it as the role that shall own the tables, which must be able to create roles.
 */
export function migrationFrom(version: number, migrations = MIGRATIONS): string {
  const steps = migrations.slice(version);
  const last = steps.at(-1);
  if (last === undefined) return '';
  return [
    'BEGIN;',
    `SET LOCAL lock_timeout = '${LOCK_TIMEOUT}';`,
    ...steps.map(({ sql }) => sql),
    'DELETE FROM mendloop.schema_version;',
    `INSERT INTO mendloop.schema_version VALUES (${migrations.length}, ${last.oldest});`,
    'COMMIT;',
    '',
  ].join('\n');
}

/** Gives `found`, null where there is no schema yet; works for every login that may connect. */
export const VERSION_QUERY = `SELECT to_regclass('mendloop.schema_version')::text AS found`;
/** Gives `version` and `oldest`. */
export const VERSION_VALUE_QUERY = 'SELECT version::text, oldest::text FROM mendloop.schema_version';
