import { type Client, isGrpcServiceError } from '@temporalio/client';
import { MendloopError } from '../../domain/failures.ts';

/** One call; the client repeats within it what can be repeated. */
export const CALL_DEADLINE_MS = 5_000;

/** Makes a call with a deadline, 5 s unless given: the SDK's own default is to wait for ever. */
export function inTime<T>(client: Client, call: () => Promise<T>, ms: number = CALL_DEADLINE_MS): Promise<T> {
  return client.withDeadline(Date.now() + ms, call);
}

/** Status codes of gRPC that are told apart here. */
export const GrpcCode = {
  Unknown: 2,
  InvalidArgument: 3,
  DeadlineExceeded: 4,
  NotFound: 5,
  FailedPrecondition: 9,
} as const;

/** The answer of the server behind an error of the SDK, if it is one. */
export function grpcFault(error: unknown): { readonly code: number; readonly details: string } | undefined {
  const cause = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
  return isGrpcServiceError(cause) ? { code: cause.code, details: cause.details || cause.message } : undefined;
}

/** What an error of Temporal's client stands for: `TemporalUnavailable`, on whichever side the fault is. */
export function temporalFailure(error: unknown): MendloopError {
  if (error instanceof MendloopError) return error;
  const fault = grpcFault(error);
  if (fault !== undefined) {
    return new MendloopError('TemporalUnavailable', `the call to Temporal failed: ${fault.details}`);
  }
  const name = error instanceof Error ? error.name : typeof error;
  return new MendloopError('TemporalUnavailable', `the call to Temporal failed: ${name}`, { cause: error });
}

/** For `/readyz`: whether the server answers and has the namespace. */
export async function isTemporalReachable(client: Client): Promise<boolean> {
  try {
    const { namespace } = client.options;
    await inTime(client, () => client.workflowService.describeNamespace({ namespace }));
    return true;
  } catch {
    return false;
  }
}
