import { ApplicationFailure } from '@temporalio/workflow';

/**
 * For validators of updates: refuses what is not an object with such fields, before it is in the history. Without it a
 * malformed request would throw in the handler and block the guard.
 *
 * @throws ApplicationFailure `Internal`.
 */
export function requireFields(
  request: unknown,
  fields: Readonly<Record<string, 'string' | 'number' | 'object'>>,
): void {
  const given: Readonly<Record<string, unknown>> =
    typeof request === 'object' && request !== null ? { ...request } : {};
  for (const [name, type] of Object.entries(fields)) {
    const value = given[name];
    if (typeof value !== type || value === null) {
      throw ApplicationFailure.nonRetryable(`the request has no ${name}`, 'Internal');
    }
  }
}
