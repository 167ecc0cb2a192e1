import { createHash } from 'node:crypto';
import { type Client, defaultPayloadConverter, type RawWorkflowExecutionInfo } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { optionalTsToDate } from '@temporalio/common/lib/time.js';
import { TRACE_HEADER } from '../../domain/remediation/trace-header.ts';
import { GrpcCode, grpcFault, inTime, temporalFailure } from './temporal-failure.ts';
import type { Condition } from './visibility-query.ts';

/** By Temporal's number for it. */
const STATUS = {
  1: 'running',
  2: 'completed',
  3: 'failed',
  4: 'cancelled',
  5: 'terminated',
  6: 'continued_as_new',
  7: 'timed_out',
  8: 'paused',
} as const;
export type ExecutionStatus = (typeof STATUS)[keyof typeof STATUS] | 'unknown';

/** One run of a workflow, as lists show it. */
export interface Execution {
  readonly workflowId: string;
  readonly runId: string;
  /** Of the workflow. */
  readonly type: string;
  readonly status: ExecutionStatus;
  readonly startedAt: Date;
  readonly closedAt?: Date;
  /** Its keywords by name; attributes of other types are left out. */
  readonly keywords: Readonly<Record<string, string>>;
}

export interface ExecutionPage {
  readonly executions: readonly Execution[];
  /** Absent on the last page. */
  readonly nextPageToken?: string;
}

/** A page token that Temporal did not make. */
export class PageTokenInvalid extends Error {
  override readonly name = 'PageTokenInvalid';
}

/**
 * One page of a list, by visibility alone: running ones first, the newest first among them; then the others, the last
 * to end first. Some milliseconds behind what has happened.
 *
 * @throws PageTokenInvalid, MendloopError `TemporalUnavailable`.
 */
export async function listExecutions(request: {
  readonly client: Client;
  readonly where: Condition;
  readonly limit: number;
  readonly pageToken?: string | undefined;
}): Promise<ExecutionPage> {
  const { client, where, limit, pageToken } = request;
  const token = pageToken === undefined ? {} : { nextPageToken: decodePageToken(pageToken) };
  try {
    const { namespace } = client.options;
    const { executions, nextPageToken } = await inTime(client, () =>
      client.workflowService.listWorkflowExecutions({ namespace, query: where, pageSize: limit, ...token }),
    );
    return {
      executions: executions.map(toExecution),
      ...(nextPageToken.length === 0 ? {} : { nextPageToken: encodePageToken(nextPageToken) }),
    };
  } catch (error) {
    // Servers differ in how they refuse a token; none refuses our conditions.
    const code = grpcFault(error)?.code;
    if (pageToken !== undefined && (code === GrpcCode.Unknown || code === GrpcCode.InvalidArgument)) {
      throw invalidPageToken();
    }
    throw temporalFailure(error);
  }
}

/**
 * A server's token as text, with a sum by which what is no token is known at once: servers take one that they did not
 * make for a fault of their own, and the SDK asks them again and again.
 */
function encodePageToken(bytes: Uint8Array): string {
  return `${Buffer.from(bytes).toString('base64url')}.${sumOf(bytes)}`;
}

function decodePageToken(pageToken: string): Uint8Array {
  const [, text = '', sum] = /^([\w-]+)\.([\w-]+)$/.exec(pageToken) ?? [];
  const bytes = Buffer.from(text, 'base64url');
  if (sum !== sumOf(bytes)) throw invalidPageToken();
  return bytes;
}

function sumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 8);
}

function invalidPageToken(): PageTokenInvalid {
  return new PageTokenInvalid('this is no token of a page');
}

/** How many there are; approximate while some are starting. */
export async function countExecutions(client: Client, where: Condition): Promise<number> {
  try {
    return (await inTime(client, () => client.workflow.count(where))).count;
  } catch (error) {
    throw temporalFailure(error);
  }
}

/** The newest run of a workflow; undefined if there is none, or not any more. */
export async function findExecution(client: Client, workflowId: string): Promise<Execution | undefined> {
  try {
    const { namespace } = client.options;
    const { workflowExecutionInfo: info } = await inTime(client, () =>
      client.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } }),
    );
    return info == null ? undefined : toExecution(info);
  } catch (error) {
    if (grpcFault(error)?.code === GrpcCode.NotFound) return undefined;
    throw temporalFailure(error);
  }
}

/** How a run was started. */
export interface ExecutionStart {
  /** The first one; undefined if it had none. */
  readonly argument: unknown;
  /** The trace that it was started in, recorded or not; absent: in none. */
  readonly traceId?: string;
}

/** How a run was started, from the first event of its history. */
export async function readStart(
  client: Client,
  { workflowId, runId }: Pick<Execution, 'workflowId' | 'runId'>,
): Promise<ExecutionStart> {
  try {
    const { namespace } = client.options;
    const { history } = await inTime(client, () =>
      client.workflowService.getWorkflowExecutionHistory({
        ...{ namespace, execution: { workflowId, runId }, maximumPageSize: 1 },
      }),
    );
    const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
    const payload = started?.input?.payloads?.[0];
    const traceId = traceIdOf(started?.header?.fields?.[TRACE_HEADER]);
    return {
      argument: payload == null ? undefined : defaultPayloadConverter.fromPayload(payload),
      ...(traceId === undefined ? {} : { traceId }),
    };
  } catch (error) {
    throw temporalFailure(error);
  }
}

function traceIdOf(header: Payload | null | undefined): string | undefined {
  if (header == null) return undefined;
  const { traceparent } = defaultPayloadConverter.fromPayload<{ traceparent?: string }>(header);
  return /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent ?? '')?.[1];
}

function toExecution(info: RawWorkflowExecutionInfo): Execution {
  const closedAt = optionalTsToDate(info.closeTime);
  return {
    workflowId: info.execution?.workflowId ?? '',
    runId: info.execution?.runId ?? '',
    type: info.type?.name ?? '',
    status: statusOf(info.status),
    startedAt: optionalTsToDate(info.startTime) ?? new Date(0),
    ...(closedAt === undefined ? {} : { closedAt }),
    keywords: keywordsOf(info),
  };
}

function statusOf(code: RawWorkflowExecutionInfo['status']): ExecutionStatus {
  const known: Readonly<Record<number, ExecutionStatus>> = STATUS;
  return known[code ?? 0] ?? 'unknown';
}

function keywordsOf({ searchAttributes }: RawWorkflowExecutionInfo): Record<string, string> {
  const entries = Object.entries(searchAttributes?.indexedFields ?? {}).flatMap(([name, payload]) => {
    const value: unknown = defaultPayloadConverter.fromPayload(payload);
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return Object.fromEntries(entries);
}
