import { ADMISSION_GRANTS, ADMISSION_TABLES } from './admission.ts';
import { AUDIT } from './audit.ts';
import { COMMIT_ADMISSION } from './commit-admission.ts';
import { FENCE } from './fence.ts';
import { INCIDENTS } from './incidents.ts';
import { READ_ADMISSION } from './read-admission.ts';
import { ROLES } from './roles.ts';

/** Of all tables; raised by each entry of `MIGRATIONS`. */
export const SCHEMA_VERSION = 1;

const FIRST = [
  ROLES,
  'CREATE SCHEMA mendloop;',
  'CREATE TABLE mendloop.schema_version (version int NOT NULL);',
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

/** By the version that each leads to, in order. A migration that was released is never changed. */
const MIGRATIONS: readonly string[] = [FIRST];

/**
 * Everything that brings a database from `version` (0: nothing there) to `SCHEMA_VERSION`, in one transaction, for
 * PostgreSQL 14 and newer and for PGlite. Run it as whoever shall own the tables, who must be able to create roles.
 */
export function migrationFrom(version: number): string {
  const steps = MIGRATIONS.slice(version);
  if (steps.length === 0) return '';
  return [
    'BEGIN;',
    ...steps,
    'DELETE FROM mendloop.schema_version;',
    `INSERT INTO mendloop.schema_version VALUES (${SCHEMA_VERSION});`,
    'COMMIT;',
    '',
  ].join('\n');
}

/** Gives `found`, null where there is no schema yet; works for whoever may connect. */
export const VERSION_QUERY = `SELECT to_regclass('mendloop.schema_version')::text AS found`;
export const VERSION_VALUE_QUERY = 'SELECT version::text FROM mendloop.schema_version';
