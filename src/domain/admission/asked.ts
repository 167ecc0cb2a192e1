import type { AdmitRequest } from './admission.ts';
import { type Claim, ClaimStatus, SlotStatus } from './claim.ts';
import type { Draft } from './draft.ts';
import { withoutOffer } from './line.ts';
import { LAST_RANK, rankOf } from './severity.ts';

/** The claim of a request; the place in line is kept. */
export function asked(draft: Draft, request: AdmitRequest, known?: Claim): Claim {
  const { remediationId, namespace, target, locks, action, alertKey, clause, only } = request;
  const workloadsInNamespace = request.workloadsInNamespace ?? known?.workloadsInNamespace ?? 0;
  const wants: Claim['wants'] = only ?? 'all';
  const claim = { remediationId, namespace, target, locks, action, alertKey, clause, workloadsInNamespace, wants };
  if (known !== undefined && known.target === target && isSame(known.locks, locks)) {
    const same = { ...known, ...claim, misses: 0, notBefore: 0 };
    // Those that have joined it stay with it, whether it asks for the target alone or for everything.
    return known.wants === wants ? same : { ...withoutOffer(same), slot: wantedSlot(request) };
  }
  const arrived = known?.arrived ?? draft.arrive();
  const lends = request.lends === true ? { lendsSince: draft.now, rank: LAST_RANK } : {};
  return {
    ...claim,
    ...{ arrived, group: `${target}#${draft.arrive()}`, rank: rankOf(request.severity), since: draft.now },
    ...{ status: ClaimStatus.Queued, slot: wantedSlot(request) },
    ...{ epoch: 0, misses: 0, notBefore: 0, heldBack: false },
    ...lends,
  };
}

function wantedSlot({ only }: AdmitRequest): SlotStatus {
  return only === 'target' ? SlotStatus.None : SlotStatus.Wanted;
}

/** Whether both name the same, in whatever order. */
export function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item) => other.includes(item));
}
