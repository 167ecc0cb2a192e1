import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { GrpcCode, grpcFault, inTime, temporalFailure } from './temporal-failure.ts';

export interface EnsuredNamespace {
  readonly change: 'made' | 'retention raised' | 'none';
  /** Days that it keeps histories now. */
  readonly retentionDays: number;
}

const DAY_SECONDS = 86_400;

/** A namespace that was made is known to every part of a server within its cache's time: 10 s, by default. */
const SPREAD_ATTEMPTS = 120;
const SPREAD_MS = 500;

/**
 * Sees to it that the client's namespace is there, and keeps histories for at least so long. What is kept longer stays so.
 *
 * @throws MendloopError `TemporalUnavailable`, with the server's own words where it refuses.
 */
export async function ensureNamespace(client: Client, { retentionDays }: { readonly retentionDays: number }) {
  try {
    return await ensure(client, retentionDays);
  } catch (error) {
    throw temporalFailure(error);
  }
}

async function ensure(client: Client, wantedDays: number): Promise<EnsuredNamespace> {
  const { namespace } = client.options;
  const retention = msToTs(wantedDays * DAY_SECONDS * 1000);
  const found = await retentionOf(client);
  if (found === undefined) {
    const made = { namespace, workflowExecutionRetentionPeriod: retention, description: 'Mendloop' };
    await inTime(client, () => client.workflowService.registerNamespace(made));
    await untilKnown(client);
    return { change: 'made', retentionDays: wantedDays };
  }
  if (found >= wantedDays) return { change: 'none', retentionDays: found };
  const config = { workflowExecutionRetentionTtl: retention };
  await inTime(client, () => client.workflowService.updateNamespace({ namespace, config }));
  return { change: 'retention raised', retentionDays: wantedDays };
}

/** Days that the namespace keeps histories; undefined if there is no such namespace. */
export async function retentionOf(client: Client): Promise<number | undefined> {
  const { namespace } = client.options;
  try {
    const { config } = await inTime(client, () => client.workflowService.describeNamespace({ namespace }));
    return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / DAY_SECONDS;
  } catch (error) {
    if (grpcFault(error)?.code === GrpcCode.NotFound) return undefined;
    throw error;
  }
}

async function untilKnown(client: Client): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { namespace } = client.options;
      await inTime(client, () => client.workflowService.countWorkflowExecutions({ namespace }));
      return;
    } catch (error) {
      if (grpcFault(error)?.code !== GrpcCode.NotFound || attempt === SPREAD_ATTEMPTS) throw error;
      await sleep(SPREAD_MS);
    }
  }
}
