/** Roles of the database; see `schema/roles.ts`. */
export type DatabaseRole = 'mendloop_writer' | 'mendloop_retention';

export type SqlValue = string | number | null | readonly (string | null)[];

/** Every column as text. */
export type SqlRow = Readonly<Record<string, string | null>>;

export interface Statement {
  readonly text: string;
  readonly values?: readonly SqlValue[];
  /** `mendloop_writer` unless given. */
  readonly role?: DatabaseRole;
  /** The server plans it once for each session, under this name. One text has one name. */
  readonly prepare?: string;
}

/** What the store needs of a database: PostgreSQL, or PGlite, which is PostgreSQL in this process. */
export interface Database {
  /**
   * One statement in a transaction of its own, durable when it settles. Give numbers and JSON as text, and select what is
   * read as text (`count(*)::text`, `to_jsonb(x)::text`): the same from every client.
   *
   * @throws MendloopError `StoreUnavailable`.
   */
  run(statement: Statement): Promise<readonly SqlRow[]>;
  /** Runs `job` unless one of this name runs already, in any process: then gives undefined. */
  exclusively<T>(name: string, job: () => Promise<T>): Promise<T | undefined>;
  close(): Promise<void>;
}
