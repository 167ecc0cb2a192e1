import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { type Execution, findExecution } from '../../clients/temporal/executions.ts';
import { GrpcCode, grpcFault, inTime, temporalFailure } from '../../clients/temporal/temporal-failure.ts';
import type { OrderSigner } from '../../clients/orders/order-signer.ts';
import {
  ALL_CLEAR_WORKFLOW,
  type AllClearInput,
  allClearId,
  REMEDIATION_WORKFLOW,
  RESOLVED_SIGNAL,
  type RemediationInput,
  type RemediationResult,
  type ResolvedNotice,
  type SealedStart,
} from '../../contract/remediation.ts';
import { searchAttributes, startSearchAttributes } from '../../contract/search-attributes.ts';
import { effectiveAlert } from '../../domain/alert/effective-labels.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { Order, type Sealed } from '../../domain/orders/seal.ts';
import { isFailure, toldAs } from '../../domain/notice/notification.ts';
import { Outcome } from '../../domain/remediation/outcome.ts';
import type { RemediationStarter, ResolveRequest, StartAnswer, StartObserver } from './remediation-starter.ts';
import { startMetadata } from './start-metadata.ts';

export interface TemporalStarterOptions {
  readonly client: Client;
  /** Makes starts, and the end of an alert, count. */
  readonly sign: OrderSigner;
  readonly taskQueue: string;
  /** Lets a worker in this process, on the same native connection, have the first task with the start's answer. */
  readonly requestEagerStart?: boolean;
  readonly observer?: Pick<StartObserver, 'begin'> | undefined;
}

/** Starts and signals `remediation` workflows, by the ID of their incident. */
export function createTemporalStarter(options: TemporalStarterOptions): RemediationStarter {
  const { client, sign, taskQueue, requestEagerStart = false, observer } = options;

  /** The on-call who was paged about a remediation that failed has to hear that it is over. */
  async function giveAllClear({ remediationId, alert }: ResolveRequest): Promise<'signalled' | 'ignored' | 'unknown'> {
    const ended = await findExecution(client, remediationId);
    if (ended === undefined) return 'unknown';
    const outcome = outcomeOf(ended);
    if (outcome === undefined || !isFailure({ kind: toldAs(outcome) })) return 'ignored';
    try {
      await inTime(client, () =>
        client.workflow.start<(input: Sealed<AllClearInput>) => Promise<string[]>>(ALL_CLEAR_WORKFLOW, {
          workflowId: allClearId(remediationId),
          taskQueue,
          args: [sign({ order: Order.AllClear, remediationId, said: { remediationId, alert } })],
          staticSummary: 'tells that the alert has resolved',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
        }),
      );
      return 'signalled';
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return 'ignored';
      throw startFailure(error);
    }
  }

  /** What is there under an ID that cannot be started again. */
  async function findStarted(remediationId: string): Promise<StartAnswer> {
    const found = await findExecution(client, remediationId);
    if (found?.closedAt === undefined) return { status: 'duplicate' };
    return { status: 'ended', end: { outcome: outcomeOf(found) ?? 'lost', at: found.closedAt.getTime() } };
  }

  return {
    async start({ remediationId, alert, cluster, decision, previous }) {
      const said: RemediationInput = { alert, cluster, ...defined({ decision, previous }) };
      const input = sign({ order: Order.Start, remediationId, said });
      const noteStarted = observer?.begin({ remediationId, alert, cluster, ...defined({ decision, previous }) });
      let here = false;
      try {
        const { eagerlyStarted } = await inTime(client, () =>
          client.workflow.start<(input: SealedStart) => Promise<RemediationResult>>(REMEDIATION_WORKFLOW, {
            workflowId: remediationId,
            taskQueue,
            args: [input],
            typedSearchAttributes: startSearchAttributes(effectiveAlert(alert), decision),
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            workflowIdConflictPolicy: 'FAIL',
            requestEagerStart,
            ...startMetadata(alert, decision),
          }),
        );
        here = eagerlyStarted;
        return { status: 'started' };
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return await findStarted(remediationId);
        throw startFailure(error);
      } finally {
        noteStarted?.({ here });
      }
    },

    async resolve(request) {
      const { startsAt, endsAt } = request.alert;
      const said: ResolvedNotice = { startsAt, ...defined({ endsAt }) };
      const notice = sign({ order: Order.Resolved, remediationId: request.remediationId, said });
      try {
        const handle = client.workflow.getHandle(request.remediationId);
        await inTime(client, () => handle.signal(RESOLVED_SIGNAL, notice));
        return 'signalled';
      } catch (error) {
        // Also the answer for a remediation that has ended.
        if (!(error instanceof WorkflowNotFoundError)) throw startFailure(error);
      }
      return await giveAllClear(request);
    },
  };
}

function outcomeOf({ keywords }: Execution): Outcome | undefined {
  return Object.values(Outcome).find((known) => known === keywords[searchAttributes.outcome.name]);
}

/**
 * Only a server with a lower limit for payloads says for certain that an alert can never be taken. Every other refusal
 * may be our own configuration (a search attribute or a namespace that is missing, a permission), which somebody
 * mends while Alertmanager repeats.
 */
function startFailure(error: unknown): MendloopError {
  const fault = grpcFault(error);
  if (fault?.code === GrpcCode.InvalidArgument && /exceeds (?:size )?limit/i.test(fault.details)) {
    return new MendloopError('AlertTooLarge', `Temporal refused the alert: ${fault.details}`);
  }
  return temporalFailure(error);
}
