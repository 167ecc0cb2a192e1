import { MendloopError } from '../domain/failures.ts';
import type { RemediationStatus } from '../domain/remediation/remediation.ts';
import { toApplicationFailure } from './failure.ts';

export type RemediationActivities = ReturnType<typeof createRemediationActivities>;

export interface RemediationActivityParts {
  /** What a remediation, running or ended, has recorded; undefined if no worker answers for it. */
  readonly statusOf: (remediationId: string) => Promise<RemediationStatus | undefined>;
}

/** What one workflow has to know of a remediation that is another. */
export function createRemediationActivities({ statusOf }: RemediationActivityParts) {
  return {
    /** What a remediation has recorded. Fails with `TemporalUnavailable`, to be tried again. */
    async recallRemediation({ remediationId }: { remediationId: string }): Promise<RemediationStatus> {
      try {
        const status = await statusOf(remediationId);
        if (status === undefined) throw new MendloopError('TemporalUnavailable', `${remediationId} does not answer`);
        return status;
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },
  };
}
