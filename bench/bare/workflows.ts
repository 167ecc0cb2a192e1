import { proxyActivities, sleep } from '@temporalio/workflow';
import type { Alert } from '../../src/domain/alert/alert.ts';
import type { ScaleResult } from '../../src/clients/kubernetes/apply-scale.ts';
import type { LeverChange } from '../../src/clients/kubernetes/lever.ts';

interface BareActivities {
  applyScale(change: LeverChange): Promise<ScaleResult>;
}

const { applyScale } = proxyActivities<BareActivities>({ startToCloseTimeout: '30s' });

/** The least that a durable change takes: one workflow with one activity. */
export async function bareScale(change: LeverChange): Promise<ScaleResult> {
  return await applyScale(change);
}

/** Stands for a remediation of long ago: all that lists show of it was known when it began. */
export function remediation(): Promise<void> {
  return Promise.resolve();
}

/** The least that a durable alert takes. */
export function bareAlert(_alert: Alert): Promise<void> {
  return Promise.resolve();
}

/** Something that goes on beside what is measured: a workflow task every half a second. */
export async function ticking(): Promise<void> {
  for (let ticks = 0; ticks < 1000; ticks += 1) await sleep('500ms');
}
