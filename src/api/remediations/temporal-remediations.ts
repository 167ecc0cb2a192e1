import type { Client } from '@temporalio/client';
import { queryExecution, resultOf, updateExecution } from '../../clients/temporal/ask-execution.ts';
import { countExecutions, findExecution, listExecutions, readStart } from '../../clients/temporal/executions.ts';
import { executionUrl } from '../../clients/temporal/web-ui.ts';
import type { OrderSigner } from '../../clients/orders/order-signer.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import { runbookOf } from '../../domain/decision/runbook-of.ts';
import { foreignLinks } from '../../domain/text/foreign-links.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { Order } from '../../domain/orders/seal.ts';
import type { RemediationStatus } from '../../domain/remediation/remediation.ts';
import { undoAfterEnd } from '../../domain/remediation/undo-after-end.ts';
import {
  APPROVE_UPDATE,
  REJECT_UPDATE,
  type RemediationInput,
  type RemediationResult,
  STATUS_QUERY,
  UNDO_UPDATE,
  type VoteInput,
} from '../../contract/remediation.ts';
import { remediationQuery } from './remediation-query.ts';
import { type RemediationSummary, summaryOf } from './remediation-summary.ts';
import type { HumanAnswer, HumanRequest, Remediations } from './remediations.ts';

/** A vote or an order that has not arrived by then is given again; a copy of it is worth nothing any more. */
const ORDER_LASTS_MS = 5 * 60_000;

export interface TemporalRemediationsOptions {
  readonly client: Client;
  /** Makes votes and orders count. */
  readonly sign: OrderSigner;
  /** Name of the cluster in targets. */
  readonly cluster: string;
  /** Temporal's Web UI as people reach it; absent: no links to it. */
  readonly webUiUrl?: string | undefined;
  /** Where a trace is shown, with `{traceId}` in it; absent: no links to traces. */
  readonly traceUrl?: string | undefined;
  /** Hosts that links of the alert's own may lead to; absent: none. */
  readonly linkHosts?: readonly string[] | undefined;
}

/** The remediations in one namespace of Temporal. */
export function temporalRemediations(options: TemporalRemediationsOptions): Remediations {
  const { client, sign, cluster, webUiUrl, traceUrl, linkHosts } = options;

  async function update<T>(name: string, { id, requestId, input }: HumanRequest<unknown>): Promise<HumanAnswer<T>> {
    const answer = await updateExecution<T>({ client, workflowId: id, update: name, updateId: requestId, input });
    if (answer.status !== 'not_running') return answer;
    const execution = await findExecution(client, id);
    if (execution === undefined) return { status: 'not_found' };
    const { outcome } = summaryOf(execution);
    return { status: 'ended', ...(outcome === undefined ? {} : { outcome }) };
  }

  return {
    async list({ limit, pageToken, ...filter }) {
      const where = remediationQuery(filter, cluster);
      const { executions, nextPageToken } = await listExecutions({ client, where, limit, pageToken });
      return { items: executions.map(summaryOf), ...(nextPageToken === undefined ? {} : { nextPageToken }) };
    },

    count: (filter) => countExecutions(client, remediationQuery(filter, cluster)),

    async get(id) {
      const execution = await findExecution(client, id);
      if (execution === undefined) return undefined;
      const remediation = summaryOf(execution);
      const [{ alert, traceId }, status] = await Promise.all([
        readBeginning(client, remediation),
        readStatus(client, remediation),
      ]);
      const runbook = 'status' in status ? runbookOf(status.status.decision) : undefined;
      const isLink = runbook !== undefined && foreignLinks(alert, linkHosts).isTrusted(runbook);
      return {
        remediation,
        ...(alert === undefined ? {} : { alert }),
        ...status,
        links: {
          ...(webUiUrl === undefined ? {} : { temporal: executionUrl(execution, { webUiUrl, client }) }),
          ...(traceUrl === undefined || traceId === undefined ? {} : { trace: traceUrl.replace('{traceId}', traceId) }),
          ...(isLink ? { runbook } : {}),
        },
      };
    },

    async vote({ id, requestId, input: { approve, ...said } }) {
      const order = approve ? Order.Approve : Order.Reject;
      const round = await openRound(client, id);
      const vote = { order, remediationId: id, said: said satisfies VoteInput, lastsMs: ORDER_LASTS_MS };
      const input = sign({ ...vote, ...defined({ round }) });
      return await update(approve ? APPROVE_UPDATE : REJECT_UPDATE, { id, requestId, input });
    },

    async undo({ id, requestId, input: said }) {
      const input = sign({ order: Order.Undo, remediationId: id, said, lastsMs: ORDER_LASTS_MS });
      const answer = await update<unknown>(UNDO_UPDATE, { id, requestId, input });
      return answer.status === 'ended' ? { ...answer, ...(await adviceOnUndo(client, id)) } : answer;
    },
  };
}

/** Of one that has ended, as far as its record is known. */
async function adviceOnUndo(client: Client, id: string): Promise<{ readonly advice?: string }> {
  const execution = await findExecution(client, id);
  const found = execution === undefined ? undefined : await readStatus(client, summaryOf(execution));
  return found !== undefined && 'status' in found ? { advice: undoAfterEnd(found.status) } : {};
}

/**
 * Which request for approval is open, so that a vote is good for that one only; undefined where none is.
 *
 * @throws MendloopError `TemporalUnavailable` where no worker answers.
 */
async function openRound(client: Client, workflowId: string): Promise<string | undefined> {
  const answer = await queryExecution<RemediationStatus>({ client, workflowId, query: STATUS_QUERY });
  if (answer.status === 'silent') {
    throw new MendloopError(
      'TemporalUnavailable',
      `the remediation does not answer now, and nothing was done: ${answer.reason}`,
    );
  }
  return answer.status === 'answered' ? answer.value.approval?.requestedAt : undefined;
}

/** A history that is too old to be there must not hide the rest. */
async function readBeginning(
  client: Client,
  { id, runId }: RemediationSummary,
): Promise<{ readonly alert?: Alert; readonly traceId?: string }> {
  const start = await readStart(client, { workflowId: id, runId }).catch(() => undefined);
  const input = start?.argument as RemediationInput | undefined;
  return {
    ...(input === undefined ? {} : { alert: input.alert }),
    ...(start?.traceId === undefined ? {} : { traceId: start.traceId }),
  };
}

type StatusPart = { readonly status: RemediationStatus } | { readonly statusUnavailable: string };

/**
 * The result where there is one, which needs no worker. A remediation that was cancelled has none, but whoever asks it
 * gets its record all the same, for as long as a worker can replay its history.
 */
async function readStatus(client: Client, { id, runId, execution }: RemediationSummary): Promise<StatusPart> {
  if (execution === 'completed') {
    const result = await resultOf<RemediationResult>(client, { workflowId: id, runId }).catch(() => undefined);
    if (result !== undefined) return { status: result };
  }
  const answer = await queryExecution<RemediationStatus>({ client, workflowId: id, query: STATUS_QUERY });
  if (answer.status === 'answered') return { status: answer.value };
  return { statusUnavailable: answer.status === 'silent' ? answer.reason : 'it is gone' };
}
