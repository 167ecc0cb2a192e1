import type { ActionDefinition, PlanRequest } from '../domain/actions/contract.ts';
import type { Looked } from '../domain/authority/seen-object.ts';
import { defined } from '../domain/defined.ts';
import { MendloopError } from '../domain/failures.ts';
import type { EarlierChange, Facts } from '../domain/precondition/facts.ts';
import { judgePreconditions, requirePreconditions } from '../domain/precondition/judge-preconditions.ts';
import type { JudgedPrecondition, Precondition } from '../domain/precondition/precondition.ts';
import { rememberedAs } from '../domain/precondition/rules.ts';
import type { Target } from '../domain/target/target.ts';
import type { AdmissionStore, ChangesQuestion } from '../store/store.ts';

/** What was changed before. @throws MendloopError `StoreUnavailable`. */
export type LookUpChanges = (question: Omit<ChangesQuestion, 'cluster'>) => ReturnType<AdmissionStore['changes']>;

export interface PreconditionsAsk {
  readonly definition: ActionDefinition;
  readonly ask: PlanRequest<unknown, Looked & { readonly target?: Target }>;
  readonly preconditions: readonly Precondition[];
  /** Undefined: the past is not known. */
  readonly changes: LookUpChanges | undefined;
  /** Epoch ms. */
  readonly clock: () => number;
  /** The remediation that asks: what it did itself is no repetition. */
  readonly except: string | undefined;
}

/**
 * Whether all is so that the plan wants to be so before its act, each as it was judged. What would change nothing any more
 * can make nothing worse, whatever speaks against it.
 *
 * @throws MendloopError `PreconditionNotMet`, `StoreUnavailable`.
 */
export async function checkPreconditions(asked: PreconditionsAsk): Promise<readonly JudgedPrecondition[]> {
  const { definition, ask, preconditions, clock } = asked;
  if (preconditions.length === 0) return [];
  // As it was resolved: a Pod's workload, where the action goes to that.
  const facts: Facts = { ...definition.facts?.(ask), target: ask.seen.target ?? ask.target };
  const now = clock();
  const history = await historyOf(asked, { facts, now });
  const seen = { facts, objects: ask.seen.objects, now, ...defined({ history }) };
  const judged = judgePreconditions(preconditions, { action: definition.name, seen });
  if (judged.every(({ met }) => met) || isDone(definition, ask)) return judged;
  requirePreconditions(judged, { facts });
  return judged;
}

function isDone(definition: ActionDefinition, ask: PreconditionsAsk['ask']): boolean {
  try {
    return definition.plan(ask).isDone;
  } catch (error) {
    if (error instanceof MendloopError) return false;
    throw error;
  }
}

/** Asked for the longest time that one of them is about. */
async function historyOf(
  { definition: { name: action }, preconditions, changes, except }: PreconditionsAsk,
  { facts, now }: { readonly facts: Facts; readonly now: number },
): Promise<readonly EarlierChange[] | undefined> {
  const spans = preconditions.flatMap((one) => (one.kind === 'not_repeated' ? [one.withinSeconds] : []));
  if (spans.length === 0) return undefined;
  const since = now - Math.max(...spans) * 1000;
  return await changes?.({ action, objects: rememberedAs(facts), since, ...defined({ except }) });
}
