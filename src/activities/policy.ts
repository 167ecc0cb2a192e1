import { decideAlert, type DecideParts } from '../clients/policy/decide-alert.ts';
import type { Alert } from '../domain/alert/alert.ts';
import type { Decision } from '../domain/decision.ts';
import { toApplicationFailure } from './failure.ts';

export type PolicyActivities = ReturnType<typeof createPolicyActivities>;

export function createPolicyActivities(parts: DecideParts) {
  return {
    /**
     * What policy says of an alert, and the mode that holds for its plan: asked here only where policy could not answer when
     * the alert came.
     */
    async decide({ alert }: { alert: Alert }): Promise<Decision> {
      try {
        return await decideAlert(parts, alert);
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },
  };
}
