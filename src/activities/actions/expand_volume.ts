import { fieldTerms } from '../../clients/kubernetes/edit-field.ts';
import { type Claim, inspectClaim, resizingOf } from '../../clients/kubernetes/inspect-claim.ts';
import { untilObject } from '../../clients/kubernetes/inspect-object.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import type { ExpandVolumeParameters, ExpandVolumeSeen } from '../../domain/actions/expand_volume/expand-volume.ts';
import { fieldEditSchema } from '../../domain/actions/field-edit.ts';
import { parseQuantity } from '../../domain/cost/quantity.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { ActionEffects } from './contract.ts';
import { createEditEffects } from '../edit-effects.ts';

/** Makes a claim larger, and waits until it is. Nothing makes it smaller again. */
export function createExpandVolumeEffects({
  kubernetes,
}: {
  readonly kubernetes: KubernetesClient;
}): ActionEffects<ExpandVolumeParameters, ExpandVolumeSeen> {
  const effects = createEditEffects<ExpandVolumeParameters, ExpandVolumeSeen>({
    kubernetes,
    inspect: ({ target }) => inspectClaim(kubernetes, target),
    termsOf: ({ change }) => fieldTerms(fieldEditSchema.parse(change)),
    shown: ({ spec = {} }) => ({ spec }),
    observe: async ({ planned: { target, uid, change }, deadlineAt }, signal) => {
      const wanted = parseQuantity(String(fieldEditSchema.parse(change).to));
      const judge = (claim: object) => judgeClaim(claim, wanted, nameTarget(target));
      const capacity = await untilObject(kubernetes, { target, uid, deadlineAt, judge }, signal);
      const reading = { name: 'capacity', text: capacity, value: parseQuantity(capacity), unit: 'B' };
      return { text: `${nameTarget(target)} has ${capacity}`, readings: [reading] };
    },
  });
  return {
    ...effects,
    // A claim that would be made smaller is refused by the API server: it cannot be taken away.
    stands: () => Promise.resolve({ status: 'stands' }),
    undo: ({ planned: { target } }) =>
      Promise.resolve({ status: 'nothing_to_undo', text: `${nameTarget(target)} cannot be made smaller again` }),
  };
}

/** @throws MendloopError `EffectFailed` if it never will be that large. */
function judgeClaim(claim: Claim, wanted: number, name: string) {
  const resize = claim.status?.allocatedResourceStatuses?.['storage'] ?? '';
  if (resize.endsWith('Infeasible')) throw new MendloopError('EffectFailed', `${name}: ${resize}`);
  const has = claim.status?.capacity?.['storage'] ?? '0';
  const resizing = resizingOf(claim);
  if (parseQuantity(has) >= wanted && resizing === undefined) return { found: has };
  return { missing: `it has ${has}${resizing === undefined ? '' : `; ${resizing}`}` };
}
