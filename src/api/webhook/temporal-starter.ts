import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { type Execution, findExecution } from '../../clients/temporal/executions.ts';
import { GrpcCode, grpcFault, inTime, temporalFailure } from '../../clients/temporal/temporal-failure.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import { MendloopError } from '../../domain/failures.ts';
import { isFailure } from '../../domain/notice/notification.ts';
import { Outcome } from '../../domain/remediation/outcome.ts';
import { remediationId } from '../../domain/alert/remediation-id.ts';
import {
  ALL_CLEAR_WORKFLOW,
  type AllClearInput,
  allClearId,
  REMEDIATION_WORKFLOW,
  RESOLVED_SIGNAL,
  type RemediationInput,
  type RemediationResult,
  type ResolvedNotice,
} from '../../contract/remediation.ts';
import { alertSearchAttributes, searchAttributes } from '../../contract/search-attributes.ts';
import type { RemediationStarter } from './remediation-starter.ts';
import { startMetadata } from './start-metadata.ts';

export interface TemporalStarterOptions {
  readonly client: Client;
  readonly taskQueue: string;
  /** Lets a worker in this process, on the same native connection, have the first task with the start's answer. */
  readonly requestEagerStart?: boolean;
}

/**
 * Bytes of an alert as JSON. Half of Temporal's default limit for one payload: the workflow hands the alert on to
 * activities together with what it has found out.
 */
const MAX_ALERT_BYTES = 1024 * 1024;

/** Starts and signals `remediation` workflows; the alert's identity is the workflow's ID. */
export function createTemporalStarter(options: TemporalStarterOptions): RemediationStarter {
  const { client, taskQueue, requestEagerStart = false } = options;

  /** Whoever was paged about a remediation that failed has to hear that it is over. */
  async function giveAllClear(alert: Alert): Promise<'signalled' | 'ignored'> {
    const id = remediationId(alert);
    const ended = await findExecution(client, id);
    if (ended === undefined || !endedInFailure(ended)) return 'ignored';
    try {
      await inTime(client, () =>
        client.workflow.start<(input: AllClearInput) => Promise<string[]>>(ALL_CLEAR_WORKFLOW, {
          workflowId: allClearId(id),
          taskQueue,
          args: [{ remediationId: id, alert }],
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

  return {
    async start(alert) {
      requireSize(alert);
      try {
        await inTime(client, () =>
          client.workflow.start<(input: RemediationInput) => Promise<RemediationResult>>(REMEDIATION_WORKFLOW, {
            workflowId: remediationId(alert),
            taskQueue,
            args: [{ alert }],
            typedSearchAttributes: alertSearchAttributes(alert),
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            workflowIdConflictPolicy: 'FAIL',
            requestEagerStart,
            ...startMetadata(alert),
          }),
        );
        return 'started';
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return 'duplicate';
        throw startFailure(error);
      }
    },

    async resolve(alert) {
      const notice: ResolvedNotice = alert.endsAt === undefined ? {} : { endsAt: alert.endsAt };
      try {
        await inTime(client, () => client.workflow.getHandle(remediationId(alert)).signal(RESOLVED_SIGNAL, notice));
        return 'signalled';
      } catch (error) {
        // Also the answer for a remediation that has ended.
        if (!(error instanceof WorkflowNotFoundError)) throw startFailure(error);
      }
      return await giveAllClear(alert);
    },
  };
}

function endedInFailure({ keywords }: Execution): boolean {
  const outcome = Object.values(Outcome).find((known) => known === keywords[searchAttributes.outcome.name]);
  return outcome !== undefined && isFailure({ kind: outcome });
}

function requireSize(alert: Alert): void {
  const bytes = Buffer.byteLength(JSON.stringify(alert));
  if (bytes > MAX_ALERT_BYTES) {
    throw new MendloopError('AlertTooLarge', `the alert has ${bytes} bytes; ${MAX_ALERT_BYTES} are the limit`);
  }
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
