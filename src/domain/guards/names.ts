import type { ScaleTarget, Target } from '../target/target.ts';

/**
 * The names by which guards, remediations, the API and people reach each other. They are in the histories of running
 * workflows: changing one breaks them.
 */
export const TARGET_GUARD_WORKFLOW = 'targetGuard';
export const CLUSTER_GUARD_WORKFLOW = 'clusterGuard';
export const BUDGET_LEDGER_WORKFLOW = 'budgetLedger';

/** Update of both guards; its ID is the remediation's. */
export const ENTER_UPDATE = 'enter';
/** Signal of both guards: a remediation is done with it, or does not want to wait any longer. */
export const LEAVE_SIGNAL = 'leave';
/** Signal of the target guard: the holder only leases the target any more, and makes way for whoever comes. */
export const YIELD_SIGNAL = 'yield';
/** Signal of the target guard, by a human: closes the breaker, ends the cooldowns. */
export const RESET_SIGNAL = 'reset';
/** Signals of the cluster guard, by a human. */
export const PAUSE_SIGNAL = 'pause';
export const RESUME_SIGNAL = 'resume';
/** Update of the ledger; its ID is the remediation's. */
export const RESERVE_UPDATE = 'reserve';
/** Signals of the ledger. */
export const COMMIT_SIGNAL = 'commit';
export const RELEASE_SIGNAL = 'release';
/** Query of all three, for people. */
export const GUARD_STATE_QUERY = 'state';
/** Query of all three: what the guard would answer to its update now. */
export const GUARD_PREVIEW_QUERY = 'preview';

/** Signals to a remediation. */
export const GUARD_TURN_SIGNAL = 'guardTurn';
export const GUARD_LEADER_ENDED_SIGNAL = 'guardLeaderEnded';
export const CLUSTER_TURN_SIGNAL = 'clusterTurn';
export const GUARD_PAUSED_SIGNAL = 'guardPaused';
/** Somebody waits for a target that the remediation only leases any more. */
export const GUARD_YIELD_SIGNAL = 'guardYield';

/**
 * Where the guards run, beside the remediations' task queue: remediations that wait for a guard within their own
 * workflow task must not hold the slots that it needs to answer.
 */
export function guardTaskQueue(taskQueue: string): string {
  return `${taskQueue}-guards`;
}

/** `guard/target/<cluster>/<namespace>/<Kind>/<name>`; a slash in the cluster's name is encoded. */
export function targetGuardId(target: Target | ScaleTarget): string {
  const { cluster, namespace, kind, name } = target;
  return ['guard', 'target', ...[cluster, namespace, kind, name].map(encoded)].join('/');
}

/** `guard/cluster/<cluster>`. */
export function clusterGuardId(cluster: string): string {
  return `guard/cluster/${encoded(cluster)}`;
}

/** `ledger/<budget>/<scope key>`; the key is a namespace, the value of a team label, or `all`. */
export function budgetLedgerId({ budget, scopeKey }: { budget: string; scopeKey: string }): string {
  return `ledger/${encoded(budget)}/${encoded(scopeKey)}`;
}

function encoded(part: string): string {
  return encodeURIComponent(part.toWellFormed());
}
