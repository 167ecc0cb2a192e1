import { momentText } from '../text/moment-text.ts';
import type { GuardsClause } from '../plan/guards-clause.ts';
import { Outcome } from '../remediation/outcome.ts';
import { afterFailure, afterSuccess, breakerStatus, CLOSED } from './breaker.ts';
import type { HumanOrder } from './human-order.ts';
import { bounded, withRecent } from './recent.ts';
import { type Refused, RefusalReason } from './refusal.ts';
import type { Cure, TargetMemory } from './target-memory.ts';

/** What the guard of a target judges a remediation by. */
export interface Contender {
  readonly remediationId: string;
  readonly action: string;
  /** What makes two alerts the same one firing again. */
  readonly alertKey: string;
  readonly clause: GuardsClause;
}

/** How a holder's part on the target ended. */
export interface HolderEnd {
  readonly outcome: Outcome;
  readonly text: string;
  readonly acted: boolean;
  /** An earlier plan of its ladder did: its change is known already. */
  readonly actedBefore?: boolean;
  /** Epoch ms of the change. */
  readonly changedAt: number;
  /** Its cure was counted when it began to lease the target. */
  readonly cureCounted: boolean;
}

/** Why a remediation must not act on a free target now. */
export function refusalOf(
  { breaker, changes }: TargetMemory,
  { action, clause }: Pick<Contender, 'action' | 'clause'>,
  now: number,
): Refused | undefined {
  if (breakerStatus(breaker, now) === 'open' && breaker.open !== undefined) {
    const { until } = breaker.open;
    const text = `The circuit breaker of the target is open until ${momentText(until)}: its remediations keep failing`;
    return { status: 'refused', reason: RefusalReason.BreakerOpen, until, text };
  }
  const change = changes.find((candidate) => candidate.action === action);
  if (change === undefined) return undefined;
  const until = Math.max(change.until, change.at + clause.cooldownSeconds * 1000);
  if (until <= now) return undefined;
  const text = `Too soon after the last ${action} of the target: not before ${momentText(until)}`;
  return { status: 'refused', reason: RefusalReason.Cooldown, until, text };
}

/** The same for one that would come after a lease: its holder's change will count from when it was made. */
export function refusalAfter(
  memory: TargetMemory,
  { action, clause, actedAt }: Pick<Contender, 'action' | 'clause'> & { readonly actedAt: number },
  contender: Contender,
  now: number,
): Refused | undefined {
  const change = { action, at: actedAt, until: actedAt + clause.cooldownSeconds * 1000 };
  return refusalOf(
    { ...memory, changes: [...memory.changes, ...(change.until > now ? [change] : [])] },
    contender,
    now,
  );
}

/** A cure that did not hold is a failure, once. */
export function countFlap(memory: TargetMemory, { alertKey, clause }: Contender, now: number): TargetMemory {
  const cure = memory.cures.find((candidate) => candidate.alertKey === alertKey);
  if (cure === undefined || now >= cure.at + clause.flapSeconds * 1000) return memory;
  const text = `Failure: ${alertKey} fires again, ${Math.round((now - cure.at) / 1000)} s after its cure`;
  return {
    ...memory,
    cures: memory.cures.filter((candidate) => candidate !== cure),
    breaker: afterFailure(memory.breaker, clause.breaker, now),
    recent: withRecent(memory.recent, now, text),
  };
}

export function noteGrant(memory: TargetMemory, { remediationId, action }: Contender, now: number): TargetMemory {
  const trial = breakerStatus(memory.breaker, now) === 'half_open' ? ', as a trial of the half-open breaker' : '';
  return { ...memory, recent: withRecent(memory.recent, now, `Granted to ${remediationId} (${action})${trial}`) };
}

export function noteRefusal(memory: TargetMemory, { text }: Refused, now: number): TargetMemory {
  return { ...memory, recent: withRecent(memory.recent, now, `Refused: ${text}`) };
}

/** A holder has ended without leaving: how it went is not known, so that nothing is learnt from it. */
export function noteVanished(memory: TargetMemory, remediationId: string, now: number): TargetMemory {
  const text = `${remediationId} has ended without saying how: look at the target`;
  return { ...memory, recent: withRecent(memory.recent, now, text) };
}

/** The holder's alert was cured now, and has to stay so for as long as its clause says. */
export function withCure(memory: TargetMemory, { alertKey, clause }: Contender, now: number): TargetMemory {
  const until = now + clause.flapSeconds * 1000;
  if (until <= now) return memory;
  const cure: Cure = { alertKey, at: now, until };
  return { ...memory, cures: [...memory.cures.filter((other) => other.alertKey !== alertKey), cure] };
}

/** A change of the target, after which the same action has to wait. */
export function withChange(
  memory: TargetMemory,
  { action, clause, changedAt }: Pick<Contender, 'action' | 'clause'> & { readonly changedAt: number },
  now: number,
): TargetMemory {
  const change = { action, at: changedAt, until: changedAt + clause.cooldownSeconds * 1000 };
  if (change.until <= now) return memory;
  return { ...memory, changes: [...memory.changes.filter((candidate) => candidate.action !== action), change] };
}

/** What the end of a holder means for those that come later. */
export function learn(memory: TargetMemory, holder: Contender, end: HolderEnd, now: number): TargetMemory {
  const { remediationId, action, clause } = holder;
  const { outcome, acted, changedAt } = end;
  const hasActed = acted || end.actedBefore === true;
  const failed = outcome === Outcome.RolledBack || (outcome === Outcome.Escalated && hasActed);
  const cured = outcome === Outcome.Remediated;
  const wasOpen = breakerStatus(memory.breaker, now) !== 'closed';
  const breaker = failed
    ? afterFailure(memory.breaker, clause.breaker, now)
    : cured
      ? afterSuccess(memory.breaker, now)
      : memory.breaker;

  let recent = withRecent(memory.recent, now, `${remediationId} ended as ${outcome}: ${bounded(end.text)}`);
  if (failed && breakerStatus(breaker, now) === 'open') {
    recent = withRecent(recent, now, `The breaker opens for ${clause.breaker.openSeconds} s`);
  }
  if (cured && wasOpen) recent = withRecent(recent, now, 'The breaker closes: the trial was a cure');

  const changed = acted ? withChange(memory, { action, clause, changedAt }, now) : memory;
  const learnt = { ...changed, breaker, recent };
  return cured && !end.cureCounted ? withCure(learnt, holder, now) : learnt;
}

/** A human closes the breaker and ends the cooldowns. */
export function resetMemory(memory: TargetMemory, { by, reason }: HumanOrder, now: number): TargetMemory {
  const recent = withRecent(memory.recent, now, `Reset by ${by}: ${reason}`);
  return { changes: [], cures: [], breaker: CLOSED, recent };
}
