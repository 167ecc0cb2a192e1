import { MendloopError } from '../../domain/failures.ts';
import { fieldOwners } from '../../domain/actions/field-owners.ts';
import {
  type Act,
  judgeRollout,
  type RolloutVerdict,
  servingReplicas,
  type WantedReplicas,
} from '../../domain/actions/rollout.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { canPass, pause } from './at-each-change.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { nameOwners } from './lever.ts';
import { type Workload, workloadPath, workloadsPath } from './workload.ts';

export interface Readiness extends WantedReplicas {
  readonly target: Target;
  readonly uid: string;
  /** Of what came before it, nothing is held against the target. */
  readonly act: Act;
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number;
}

export interface ReadyResult {
  readonly readyReplicas: number;
  /** Milliseconds, of this attempt. */
  readonly waitedMs: number;
}

/** Pause before a watch that ended is opened anew: servers end watches by the minute, and a broken one at once. */
const REOPEN_MS = 200;

/**
 * Waits by watch until the workload is ready, however often the watch ends (also by 410 Gone, as an event or as the
 * answer to the watch itself: reading anew is what is asked for then, and is what happens).
 *
 * @throws MendloopError `EffectFailed`, `EffectTimedOut`, `TargetChanged`, `TargetReplaced`, `TargetNotFound`; the
 * signal's reason when it is aborted.
 */
export async function awaitReady(
  kubernetes: KubernetesClient,
  wanted: Readiness,
  signal: AbortSignal,
): Promise<ReadyResult> {
  const startedAt = Date.now();
  const late = AbortSignal.timeout(Math.max(0, wanted.deadlineAt - startedAt));
  const over = AbortSignal.any([signal, late]);
  let detail = 'its state could not be read';
  let serving: number | undefined;
  const readyWith = (readyReplicas: number): ReadyResult => ({ readyReplicas, waitedMs: Date.now() - startedAt });
  for (;;) {
    try {
      for await (const workload of states(kubernetes, wanted, over)) {
        const verdict = judge(workload, wanted);
        if (verdict.status === 'ready') return readyWith(verdict.readyReplicas);
        detail = verdict.detail;
        serving = servingReplicas(workload, wanted);
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!late.aborted && !canPass(error)) throw error;
    }
    if (late.aborted) {
      // What serves is not undone for want of time: the proof is taken from what it does.
      if (serving !== undefined && !signal.aborted) return readyWith(serving);
      throw timedOut(wanted, detail);
    }
    await pause(REOPEN_MS, over);
    if (signal.aborted) throw signal.reason;
  }
}

/** The workload now, and after each change of it, until the watch ends. */
async function* states(kubernetes: KubernetesClient, { target }: Readiness, signal: AbortSignal) {
  const now = await kubernetes.get<Workload>(workloadPath(target));
  yield now;
  const query = {
    fieldSelector: `metadata.name=${target.name}`,
    resourceVersion: now.metadata?.resourceVersion ?? '',
  };
  for await (const event of kubernetes.watch<Workload>(workloadsPath(target), query, signal)) {
    if (event.type === 'ERROR') return;
    if (event.type === 'DELETED') throw gone(target);
    if (event.type !== 'BOOKMARK') yield event.object;
  }
}

function judge(workload: Workload, { target, uid, act, ...wanted }: Readiness): PassingVerdict {
  const name = nameTarget(target);
  if (workload.metadata?.uid !== uid) throw new MendloopError('TargetReplaced', `${name} was created anew`);
  const verdict = judgeRollout(workload, wanted, act);
  if (verdict.status === 'failed') throw new MendloopError('EffectFailed', `${name}: ${verdict.detail}`);
  if (verdict.status === 'changed') {
    const by = nameOwners({ owners: fieldOwners(workload.metadata.managedFields, 'replicas') });
    throw new MendloopError(
      'TargetChanged',
      `${by} has set ${name} to ${verdict.found} while ${wanted.replicas} were waited for`,
    );
  }
  return verdict;
}

type PassingVerdict = Extract<RolloutVerdict, { status: 'ready' | 'progressing' }>;

function gone(target: Target): MendloopError {
  return new MendloopError('TargetNotFound', `${nameTarget(target)} was deleted`);
}

function timedOut({ target }: Readiness, detail: string): MendloopError {
  return new MendloopError('EffectTimedOut', `${nameTarget(target)}: ${detail}`);
}
