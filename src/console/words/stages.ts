import { Outcome } from '../../domain/remediation/outcome.ts';
import { type RemediationStatus, Step } from '../../domain/remediation/remediation.ts';
import type { RemediationDetail } from '../types.ts';
import { stateLabel, type Tone } from './labels.ts';

/** The way of a remediation that goes well; others leave out what they did not come to. */
const WAY: readonly { readonly name: string; readonly steps: readonly Step[] }[] = [
  { name: 'Decide', steps: [Step.Deciding] },
  { name: 'Prepare', steps: [Step.Preparing] },
  { name: 'Approval', steps: [Step.AwaitingApproval] },
  { name: 'Admission', steps: [Step.Admitting, Step.Joined] },
  { name: 'Act', steps: [Step.Acting] },
  { name: 'Verify', steps: [Step.Verifying] },
  { name: 'Watch', steps: [Step.Watching, Step.Leasing] },
  { name: 'Undo', steps: [Step.Compensating] },
  { name: 'End', steps: [Step.Notifying, Step.Ended] },
];

/** Steps that are shown only where they were come to. */
const RARE: readonly string[] = ['Approval', 'Undo'];

/** Endings of what had been wanted and was not done. */
const STOPPED: readonly string[] = [Outcome.Escalated, Outcome.Denied, Outcome.Expired, Outcome.Suppressed];

export type StageState = 'done' | 'failed' | 'unknown' | 'now' | 'skipped' | 'ahead';

/** One stage of a remediation's way; `tone` gives its sign. */
export interface Stage {
  readonly name: string;
  readonly state: StageState;
  readonly tone: Tone;
}

const TONES: Readonly<Record<StageState, Tone>> = {
  ...{ done: 'good', failed: 'bad', unknown: 'calm', now: 'busy', skipped: 'calm', ahead: 'calm' },
};

/** Where a remediation stands on its way, and where that went wrong: only what went well is good. */
export function stagesOf({ remediation, status }: Pick<RemediationDetail, 'remediation' | 'status'>): Stage[] {
  const seen = stagesSeen(status);
  const isOver = remediation.state === 'closed';
  const current = stageOf(status?.step);
  const failed = status === undefined ? [] : stagesFailed(status, { seen, isOver });
  const stages = WAY.filter(({ name }) => seen.has(name) || !RARE.includes(name));
  const reached = stages.findLastIndex(({ name }) => seen.has(name) || name === current);
  return stages.map(({ name }, index): Stage => {
    if (isOver && name === 'End') {
      const { text, tone } = stateLabel(remediation);
      return { name: text, state: 'done', tone };
    }
    const state = stateOf(name, { isAhead: index > reached && !isOver });
    return { name, state, tone: TONES[state] };
  });

  function stateOf(name: string, { isAhead }: { readonly isAhead: boolean }): StageState {
    if (!isOver && name === current) return 'now';
    if (failed.includes(name)) return 'failed';
    if (name === 'Verify' && status?.verification?.verdict === 'inconclusive') return 'unknown';
    if (seen.has(name)) return 'done';
    return isAhead ? 'ahead' : 'skipped';
  }
}

function stageOf(step: string | undefined): string | undefined {
  return WAY.find(({ steps }) => steps.some((one) => one === step))?.name;
}

function stagesSeen(status: RemediationStatus | undefined): ReadonlySet<string> {
  const seen = new Set<string>(['Decide']);
  for (const { step } of status?.timeline ?? []) seen.add(stageOf(step) ?? '');
  if (status?.approval !== undefined) seen.add('Approval');
  // What was read and granted at once leaves no line.
  if (status?.planned !== undefined) seen.add('Prepare');
  if (seen.has('Act')) seen.add('Prepare').add('Admission');
  return seen;
}

function stagesFailed(
  status: RemediationStatus,
  { seen, isOver }: { readonly seen: ReadonlySet<string>; readonly isOver: boolean },
): string[] {
  const { fault, verification, approval, budget, compensation, outcome } = status;
  const failed = [
    stageOf(fault?.step),
    verification?.verdict === 'bad' && 'Verify',
    (approval?.status === 'rejected' || approval?.status === 'expired') && 'Approval',
    budget?.allowed === false && 'Admission',
    (compensation?.status === 'left_alone' || compensation?.status === 'gone') && 'Undo',
  ].filter((name) => name !== false && name !== undefined);
  const isStopped = isOver && outcome !== undefined && STOPPED.includes(outcome);
  if (failed.length > 0 || !isStopped) return failed;
  // Nothing says where: it did not come further than this.
  const last = WAY.findLast(({ name }) => seen.has(name) && name !== 'End' && name !== 'Undo');
  return last === undefined ? [] : [last.name];
}
