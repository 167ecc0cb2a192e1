import { admit } from '../../domain/admission/admit.ts';
import type { Admission, AdmitRequest, LeaveRequest } from '../../domain/admission/admission.ts';
import { objectsOf } from '../../domain/admission/claim.ts';
import { leave, vanish } from '../../domain/admission/leave.ts';
import { expireOffers, leadGroups, offerTurns } from '../../domain/admission/line.ts';
import { type Ordered, pause, resetTarget, resume } from '../../domain/admission/order.ts';
import type { Operation } from './operation.ts';

export function admitting(request: AdmitRequest): Operation<Admission> {
  return {
    needs: {
      ids: [request.remediationId],
      objects: objectsOf(request),
      namespaces: [request.namespace],
      ledgers: request.money === undefined ? [] : [request.money],
      leaves: 1, // Refused or denied it leaves the line.
    },
    apply: (draft) => {
      expireOffers(draft); // A slot must not stand idle until the next sweep.
      return admit(draft, request);
    },
  };
}

export function leaving(request: LeaveRequest): Operation<void> {
  return { needs: { ids: [request.remediationId], leaves: 1 }, apply: (draft) => leave(draft, request) };
}

/** Gives those that were known. */
export function vanishing(ids: readonly string[]): Operation<readonly string[]> {
  return { needs: { ids, leaves: ids.length }, apply: (draft) => vanish(draft, ids) };
}

/** Those whose turn it is. Gives how many turns had not been taken in time. */
export function turning(): Operation<number> {
  return {
    needs: {},
    apply: (draft) => {
      const expired = expireOffers(draft);
      offerTurns(draft);
      return expired;
    },
  };
}

/** Of groups without a lead, the first to join. */
export function leading(ids: readonly string[]): Operation<void> {
  return {
    needs: { ids },
    apply: (draft) => {
      leadGroups(draft, ids);
      offerTurns(draft);
    },
  };
}

export function pausing(ordered: Ordered): Operation<void> {
  return { needs: { everyHolder: true }, apply: (draft) => pause(draft, ordered) };
}

/** Gives whether it was paused. */
export function resuming(ordered: Ordered): Operation<boolean> {
  return { needs: { everyHolder: true }, apply: (draft) => resume(draft, ordered) };
}

/** Gives whether anything was remembered. */
export function resetting(ordered: Ordered & { readonly target: string }): Operation<boolean> {
  return { needs: { objects: [ordered.target] }, apply: (draft) => resetTarget(draft, ordered) };
}
