import {
  type Client,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Alert } from '../domain/alert.ts';
import { MendloopError } from '../domain/failures.ts';
import { remediationId } from '../domain/remediation-id.ts';
import {
  REMEDIATION_WORKFLOW,
  RESOLVED_SIGNAL,
  type RemediationInput,
  type RemediationResult,
  type ResolvedNotice,
} from '../workflows/contract.ts';
import { alertSearchAttributes } from '../workflows/search-attributes.ts';
import type { RemediationStarter } from './remediation-starter.ts';
import { startMetadata } from './start-metadata.ts';

export interface TemporalStarterOptions {
  readonly client: Client;
  readonly taskQueue: string;
  /** Lets a worker in this process, on the same native connection, have the first task with the start's answer. */
  readonly requestEagerStart?: boolean;
}

/** One call; the client repeats within it what can be repeated. Short, because Alertmanager repeats the whole. */
const CALL_DEADLINE_MS = 5_000;
/**
 * Bytes of an alert as JSON. Half of Temporal's default limit for one payload: the workflow hands the alert on to
 * activities together with what it has found out.
 */
const MAX_ALERT_BYTES = 1024 * 1024;

/** Starts and signals `remediation` workflows; the alert's identity is the workflow's ID. */
export function createTemporalStarter(options: TemporalStarterOptions): RemediationStarter {
  const { client, taskQueue, requestEagerStart = false } = options;

  const inTime = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + CALL_DEADLINE_MS, call);

  return {
    async start(alert) {
      requireSize(alert);
      try {
        await inTime(() =>
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
        throw toMendloopError(error);
      }
    },

    async resolve(alert) {
      const notice: ResolvedNotice = alert.endsAt === undefined ? {} : { endsAt: alert.endsAt };
      try {
        await inTime(() => client.workflow.getHandle(remediationId(alert)).signal(RESOLVED_SIGNAL, notice));
        return 'signalled';
      } catch (error) {
        // Also the answer for a remediation that has ended.
        if (error instanceof WorkflowNotFoundError) return 'ignored';
        throw toMendloopError(error);
      }
    },
  };
}

/** For `/readyz`: whether the server answers and has the namespace. */
export async function isTemporalReachable(client: Client): Promise<boolean> {
  try {
    const { namespace } = client.options;
    await client.withDeadline(Date.now() + CALL_DEADLINE_MS, () =>
      client.workflowService.describeNamespace({ namespace }),
    );
    return true;
  } catch {
    return false;
  }
}

function requireSize(alert: Alert): void {
  const bytes = Buffer.byteLength(JSON.stringify(alert));
  if (bytes > MAX_ALERT_BYTES) {
    throw new MendloopError('AlertTooLarge', `the alert has ${bytes} bytes; ${MAX_ALERT_BYTES} are the limit`);
  }
}

const INVALID_ARGUMENT = 3;

/**
 * Only a server with a lower limit for payloads says for certain that an alert can never be taken. Every other refusal
 * may be our own configuration (a search attribute or a namespace that is missing, a permission), which somebody
 * mends while Alertmanager repeats.
 */
function toMendloopError(error: unknown): MendloopError {
  const cause = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
  if (!isGrpcServiceError(cause)) {
    const name = error instanceof Error ? error.name : typeof error;
    return new MendloopError('TemporalUnavailable', `the call to Temporal failed: ${name}`, { cause: error });
  }
  if ((cause.code as number) === INVALID_ARGUMENT && /exceeds (?:size )?limit/i.test(cause.details)) {
    return new MendloopError('AlertTooLarge', `Temporal refused the alert: ${cause.details}`);
  }
  return new MendloopError('TemporalUnavailable', `the call to Temporal failed: ${cause.details || cause.message}`);
}
