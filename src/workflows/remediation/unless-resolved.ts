import { CancellationScope, condition } from '@temporalio/workflow';
import type { RemediationRecord } from './record.ts';

/**
 * What a call gives; undefined, and the call is cancelled, where the alert resolves first: what waits for a server that is
 * away has nothing to wait for any more.
 */
export async function unlessResolved<T>(record: RemediationRecord, call: () => Promise<T>): Promise<T | undefined> {
  if (record.findings.alertResolved) return undefined;
  const scope = new CancellationScope();
  try {
    return await scope.run(() =>
      Promise.race([call(), condition(() => record.findings.alertResolved).then(() => undefined)]),
    );
  } finally {
    scope.cancel();
  }
}
