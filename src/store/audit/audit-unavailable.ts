import { MendloopError } from '../../domain/failures.ts';
import type { Database } from '../database.ts';

/** What a failure of the store means for the log in it. */
export function auditUnavailable(error: unknown): unknown {
  if (!(error instanceof MendloopError) || error.type !== 'StoreUnavailable') return error;
  return new MendloopError('AuditUnavailable', error.message.replace(/^the store\b/, 'the audit log'));
}

/** A database that fails with `AuditUnavailable`. */
export function forAudit(database: Database): Database {
  const mapped = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw auditUnavailable(error);
    }
  };
  return {
    run: (statement) => mapped(database.run(statement)),
    exclusively: (name, job) => mapped(database.exclusively(name, job)),
    close: () => database.close(),
  };
}
