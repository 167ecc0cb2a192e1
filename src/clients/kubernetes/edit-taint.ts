import { isDeepStrictEqual } from 'node:util';
import { fieldOwners } from '../../domain/actions/field-owners.ts';
import { type Taint, taintText } from '../../domain/actions/node-facts.ts';
import type { EditableObject, EditTerms } from './edit-object.ts';

/** One taint of a node, which is set or taken off. The list is one field: all of it is written, as it was read. */
export function taintTerms({ taint, isSet }: { readonly taint: Taint; readonly isSet: boolean }): EditTerms {
  const named = (there: boolean) => `${there ? 'taint' : 'no taint'} ${taintText(taint)}`;
  return {
    wanted: named(isSet),
    // Kubernetes itself writes the list as well: who wrote it last need not be who set this one.
    isShared: true,
    look: (object) => {
      const same = taintsOf(object).find((one) => one.key === taint.key && one.effect === taint.effect);
      const isThere = same !== undefined && isDeepStrictEqual(withoutTime(same), withoutTime(taint));
      const owners = fieldOwners(object.metadata?.managedFields, 'taints');
      if (same !== undefined && !isThere) return { at: 'elsewhere', found: `taint ${taintText(same)}`, owners };
      return { at: isThere === isSet ? 'after' : 'before', found: named(isThere), owners };
    },
    patch: (object, side) => {
      const others = taintsOf(object).filter((one) => !(one.key === taint.key && one.effect === taint.effect));
      const taints = (side === 'after') === isSet ? [...others, taint] : others;
      return taints.length > 0
        ? [{ op: 'add', path: '/spec/taints', value: taints }]
        : [{ op: 'remove', path: '/spec/taints' }];
    },
  };
}

function taintsOf({ spec }: EditableObject): readonly Taint[] {
  return (spec as { readonly taints?: readonly Taint[] } | undefined)?.taints ?? [];
}

/** When a taint of `NoExecute` was set is the API server's to say. */
function withoutTime({ key, value = '', effect }: Taint): Taint {
  return { key, value, effect };
}
