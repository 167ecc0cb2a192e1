import { MendloopError } from '../domain/failures.ts';

/** What the database says by a code, in words that help. Source: PostgreSQL, appendix "Error Codes". */
const MEANINGS: Readonly<Record<string, string>> = {
  '25006': 'the database is read-only',
  '53100': 'the disk of the database is full',
  '53300': 'the database has too many connections',
  '57014': 'a statement took too long',
  '40P01': 'two transactions waited for each other',
  '55P03': 'another transaction held what it needs for too long',
  '57P01': 'the database is shutting down',
  '57P03': 'the database is starting up',
  '28P01': 'the password was refused',
  '28000': 'the login was refused',
  '3D000': 'there is no such database',
  '3F000': 'its schema is missing: run `mendloop audit migrate`',
  '42P01': 'its tables are missing: run `mendloop audit migrate`',
  '42501': 'the login may not do this: it must be a member of the role mendloop_writer, or mendloop_retention',
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'the host is unknown',
  ECONNRESET: 'the connection broke',
  ETIMEDOUT: 'there was no answer in time',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
  EACCES: 'the files may not be written',
};

/** Class 23, "Integrity Constraint Violation": what was written is wrong. */
const CONSTRAINT = /^23/;

/**
 * Whatever a database throws as a failure of ours. Its own message is dropped: it may quote values, and a connection's
 * holds the address with the user.
 */
export function storeUnavailable(error: unknown): MendloopError {
  if (error instanceof MendloopError) return error;
  const code = codeOf(error);
  if (code !== undefined && CONSTRAINT.test(code)) {
    const constraint = error instanceof Error && 'constraint' in error ? String(error.constraint) : '';
    return new MendloopError(
      'Internal',
      `a constraint of the store refused what was to be written: ${code} ${constraint}`,
    );
  }
  const why = code === undefined ? (error instanceof Error ? error.name : 'unknown reason') : (MEANINGS[code] ?? code);
  return new MendloopError('StoreUnavailable', `the store is not to be had: ${why}`);
}

/** SQLSTATE, or the code of a system call. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string' && /^[A-Z0-9_]{3,40}$/.test(error.code)) return error.code;
  // What node-postgres says of its own accord has no code.
  if (/timeout/i.test(error.message)) return 'ETIMEDOUT';
  if (/connection terminated|connection ended|not queryable/i.test(error.message)) return 'ECONNRESET';
  return undefined;
}
