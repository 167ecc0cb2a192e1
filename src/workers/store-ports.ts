import type { Client } from '@temporalio/client';
import { type AdmitInput, requestOf } from '../activities/admission.ts';
import { queryExecution, signalExecution } from '../clients/temporal/ask-execution.ts';
import { findOpen } from '../clients/temporal/find-open.ts';
import { listExecutions } from '../clients/temporal/executions.ts';
import { allOf, atLeast, equals, isMissing } from '../clients/temporal/visibility-query.ts';
import { HOLDS_QUERY, LEFT_QUERY, REMEDIATION_WORKFLOW, WAKE_SIGNAL } from '../contract/remediation.ts';
import type { LeaveRequest } from '../domain/admission/admission.ts';
import { objectsOf } from '../domain/admission/claim.ts';
import type { EndedRemediation, OpenRemediation } from '../domain/admission/reconcile.ts';
import { parseRemediationId } from '../domain/alert/parse-remediation-id.ts';
import { MendloopError } from '../domain/failures.ts';
import type { BelievedHold, OpenHolders, SendWakeUp, WhichAreOpen } from '../store/store.ts';

/** What a remediation answers to the query `holds`. */
interface Holding {
  readonly input: AdmitInput;
  readonly epoch: number;
  readonly slot: boolean;
  readonly lends: boolean;
}

/** What a remediation that has ended answers to the query `left`. */
interface Left {
  readonly input: AdmitInput;
  readonly leave: LeaveRequest;
}

/** More than an hour's rate and a day's money let through, on any cluster that is governed at all. */
const MAX_ENDED_PAGES = 20;

/** Remediations asked at once, and on one page of the list. */
const PAGE = 100;

/** Wakes a remediation by a signal. */
export function sendWakeUps(client: Client): SendWakeUp {
  return async (to, input) => {
    const delivered = await signalExecution({ client, workflowId: to, signal: WAKE_SIGNAL, input });
    return delivered ? 'delivered' : 'gone';
  };
}

export function whichAreOpen(client: Client): WhichAreOpen {
  return (ids) => findOpen(client, ids);
}

/**
 * Every remediation of a cluster that is open, with what it holds by its own history: for a store that was restored. One
 * that an operator has paused is open too, and answers nothing: for it stands what the store knows, and its fence.
 *
 * @throws MendloopError `TemporalUnavailable` also where another does not answer: what it holds would be given away.
 */
export async function openRemediations(client: Client, cluster: string): Promise<readonly OpenRemediation[]> {
  const open: OpenRemediation[] = [];
  for await (const ids of pagesOfOpen(client, cluster)) {
    open.push(...(await Promise.all(ids.map((id) => askWhatItHolds(client, id)))));
  }
  return open;
}

/** What the open remediations of a cluster believe to hold; those that an operator has paused are left out. */
export function openHolders(client: Client, cluster: string): OpenHolders {
  return {
    open: async () => {
      const open: string[] = [];
      for await (const ids of pagesOfOpen(client, cluster)) open.push(...ids);
      return open;
    },
    holding: async (ids) => {
      const found: BelievedHold[] = [];
      for (let start = 0; start < ids.length; start += PAGE) {
        const asked = ids.slice(start, start + PAGE).map((id) => askWhatItHolds(client, id));
        for (const answer of await Promise.allSettled(asked)) {
          if (answer.status === 'rejected' || answer.value.holds === undefined) continue;
          const { remediationId, holds } = answer.value;
          found.push({ remediationId, objects: [...objectsOf(holds.asked)] });
        }
      }
      return found;
    },
  };
}

/** Of another installation in the same namespace of Temporal the store here knows nothing. */
async function* pagesOfOpen(client: Client, cluster: string): AsyncGenerator<readonly string[]> {
  const where = allOf([equals('WorkflowType', REMEDIATION_WORKFLOW), isMissing('CloseTime')]);
  for (let pageToken: string | undefined; ;) {
    const page = await listExecutions({ client, where, limit: PAGE, pageToken });
    const ours = page.executions.filter(({ workflowId }) => parseRemediationId(workflowId)?.cluster === cluster);
    yield ours.filter(({ status }) => status !== 'paused').map(({ workflowId }) => workflowId);
    pageToken = page.nextPageToken;
    if (pageToken === undefined) return;
  }
}

/**
 * The remediations of a cluster that have ended since then, in epoch ms, with what they had been granted and how they left.
 * One that was granted nothing, or does not answer, is left out: for a store that was restored, a bound on harm, no record.
 *
 * @throws MendloopError `TemporalUnavailable`.
 */
export async function endedRemediations(
  client: Client,
  { cluster, since }: { readonly cluster: string; readonly since: number },
): Promise<readonly EndedRemediation[]> {
  const where = allOf([
    equals('WorkflowType', REMEDIATION_WORKFLOW),
    atLeast('CloseTime', new Date(since).toISOString()),
  ]);
  const ended: EndedRemediation[] = [];
  for (let pageToken: string | undefined, pages = 0; pages < MAX_ENDED_PAGES; pages += 1) {
    const page = await listExecutions({ client, where, limit: PAGE, pageToken });
    const ours = page.executions.filter(({ workflowId }) => parseRemediationId(workflowId)?.cluster === cluster);
    const found = await Promise.all(ours.map(({ workflowId }) => askHowItLeft(client, workflowId)));
    ended.push(...found.flatMap((one) => one ?? []));
    pageToken = page.nextPageToken;
    if (pageToken === undefined) break;
  }
  // In the order in which they left: the last change of a target is the one that is remembered.
  return ended.sort((one, other) => (one.leave.actedAt ?? 0) - (other.leave.actedAt ?? 0));
}

async function askHowItLeft(client: Client, workflowId: string): Promise<EndedRemediation | undefined> {
  const answer = await queryExecution<Left | null>({ client, workflowId, query: LEFT_QUERY });
  const left = answer.status === 'answered' ? (answer.value ?? undefined) : undefined;
  return left && { asked: requestOf(left.input), leave: left.leave };
}

async function askWhatItHolds(client: Client, remediationId: string): Promise<OpenRemediation> {
  const answer = await queryExecution<Holding | null>({ client, workflowId: remediationId, query: HOLDS_QUERY });
  if (answer.status === 'silent') {
    throw new MendloopError('TemporalUnavailable', `${remediationId} does not say what it holds: ${answer.reason}`);
  }
  const held = answer.status === 'answered' ? (answer.value ?? undefined) : undefined;
  if (held === undefined) return { remediationId, cluster: parseRemediationId(remediationId)?.cluster ?? '' };
  const { input, epoch, slot, lends } = held;
  const asked = requestOf(input);
  return { remediationId, cluster: asked.cluster, holds: { asked, epoch, slot, lends } };
}
