import { activityInfo } from '@temporalio/activity';
import type { Logger } from 'pino';
import type { OrderVerifier } from '../clients/orders/order-verifier.ts';
import { refusedAccess } from '../domain/audit/refused-access.ts';
import { defined } from '../domain/defined.ts';
import { isForged, type Order, SEAL_FAULTS, SealFault } from '../domain/orders/seal.ts';
import type { AuditLog } from '../store/audit/audit-log.ts';
import { toApplicationFailure } from './failure.ts';

export type OrderActivities = ReturnType<typeof createOrderActivities>;

export interface OrderActivityParts {
  readonly verifyOrder: OrderVerifier;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
}

export interface OrderQuestion {
  readonly order: Order;
  /** Of what is said about another workflow than the one that asks; absent: about that one. */
  readonly remediationId?: string;
  /** Of a vote: the request for approval that is open. */
  readonly round?: string;
  /** As it came, with its seal. */
  readonly input: object;
  /** There were so many refusals that this one is only logged. */
  readonly unrecorded?: boolean;
}

export type OrderVerdict =
  | { readonly valid: true }
  /** `forged`: it did not come by the API. */
  | { readonly valid: false; readonly text: string; readonly forged: boolean };

export function createOrderActivities({ verifyOrder, audit, logger }: OrderActivityParts) {
  function judge(question: OrderQuestion, remediationId: string): SealFault | undefined {
    try {
      return verifyOrder({ ...question, remediationId, now: Date.now() });
    } catch (error) {
      logger.error({ err: error }, 'the public keys of orders cannot be read: no vote and no order counts');
      return SealFault.UnknownKey;
    }
  }

  return {
    /**
     * Whether the API gave an order to the remediation that asks. One that does not count is in the audit log when this
     * ends. Fails with `AuditUnavailable`, to be tried again.
     */
    async verifyOrder(question: OrderQuestion): Promise<OrderVerdict> {
      const { workflowExecution, activityId } = activityInfo();
      const { workflowId = '', runId = '' } = workflowExecution ?? {};
      const { remediationId = workflowId } = question;
      const fault = judge(question, remediationId);
      if (fault === undefined) return { valid: true };
      const refused = { valid: false, text: SEAL_FAULTS[fault], forged: isForged(fault) } as const;
      const { text } = refused;
      const { order } = question;
      const claimed = claimedBy(question.input);
      logger.warn({ remediation: remediationId, order, claimed, reason: fault }, `an order does not count: ${text}`);
      if (question.unrecorded === true) return refused;
      try {
        const refusal = { door: 'temporal', reason: fault, remediationId, text: `${order}: ${text}` };
        const id = `${runId}/${activityId}`;
        await audit.append([refusedAccess({ ...refusal, id, at: new Date().toISOString(), ...defined({ claimed }) })]);
      } catch (error) {
        throw toApplicationFailure(error);
      }
      return refused;
    },
  };
}

/** The name that stands in it, which anybody may have put there. */
function claimedBy(input: object): string | undefined {
  return 'by' in input && typeof input.by === 'string' ? input.by.slice(0, 200) : undefined;
}
