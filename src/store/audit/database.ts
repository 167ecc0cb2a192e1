/** Roles of the database; see `schema.ts`. */
export type AuditRole = 'mendloop_writer' | 'mendloop_retention';

export type SqlValue = string | number | null | readonly (string | null)[];

/** Every column as text. */
export type SqlRow = Readonly<Record<string, string | null>>;

export interface Statement {
  readonly text: string;
  readonly values?: readonly SqlValue[];
  /** `mendloop_writer` unless given. */
  readonly role?: AuditRole;
}

/** What the log needs of a database: PostgreSQL, or PGlite, which is PostgreSQL in this process. */
export interface AuditDatabase {
  /**
   * One statement in a transaction of its own, durable when it settles.
   *
   * @throws MendloopError `AuditUnavailable`.
   */
  run(statement: Statement): Promise<readonly SqlRow[]>;
  /** Runs `job` unless somebody runs one of this name already, in whatever process: then gives undefined. */
  exclusively<T>(name: string, job: () => Promise<T>): Promise<T | undefined>;
  close(): Promise<void>;
}
