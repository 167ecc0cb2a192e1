import { proxyActivities } from '@temporalio/workflow';
import type { Alert } from '../../src/domain/alert/alert.ts';
import type { ScaleChange, ScaleResult } from '../../src/domain/actions/effects.ts';

interface BareActivities {
  applyScale(change: ScaleChange): Promise<ScaleResult>;
}

const { applyScale } = proxyActivities<BareActivities>({ startToCloseTimeout: '30s' });

/** The least that a durable change takes: one workflow with one activity. */
export async function bareScale(change: ScaleChange): Promise<ScaleResult> {
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
