import { activityInfo } from '@temporalio/activity';
import { decideAlert, type DecideParts } from '../clients/policy/decide-alert.ts';
import type { Alert } from '../domain/alert/alert.ts';
import type { Decision } from '../domain/decision.ts';
import { decisionEntry } from '../domain/audit/decision-entry.ts';
import type { AuditLog } from '../store/audit/audit-log.ts';
import { toApplicationFailure } from './failure.ts';

export type PolicyActivities = ReturnType<typeof createPolicyActivities>;

export interface PolicyActivityParts extends DecideParts {
  /** Absent: a decision is not recorded by itself. */
  readonly audit?: Pick<AuditLog, 'append'>;
}

export function createPolicyActivities({ audit, ...parts }: PolicyActivityParts) {
  return {
    /**
     * What policy says of an alert, and the mode that holds for its plan: asked here only where policy could not answer when
     * the alert came. It is in the audit log when this ends.
     */
    async decide({ alert }: { alert: Alert }): Promise<Decision> {
      try {
        const decision = await decideAlert(parts, alert);
        if (audit !== undefined) {
          const remediationId = activityInfo().workflowExecution?.workflowId ?? '';
          await audit.append([decisionEntry({ remediationId, decision, at: new Date().toISOString() })]);
        }
        return decision;
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },
  };
}
