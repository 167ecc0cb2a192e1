import type { V1ConfigMap } from '@kubernetes/client-node';
import { pathOwners } from '../../domain/actions/field-owners.ts';
import type { PatchConfigMapChange } from '../../domain/actions/patch_configmap/patch-configmap.ts';
import { cut } from '../../domain/text/plain-text.ts';
import type { EditableObject, EditTerms, Side } from './edit-object.ts';
import { jsonPointer } from './json-pointer.ts';

export type ConfigMap = EditableObject & Pick<V1ConfigMap, 'data' | 'immutable'>;

/** One key of a ConfigMap from one text to another; `null` stands for a key that is not there. */
export function configMapTerms({ key, from, to }: Pick<PatchConfigMapChange, 'key' | 'from' | 'to'>): EditTerms {
  const text = (value: string | null) => (value === null ? `no ${key}` : `${key} ${cut(JSON.stringify(value), 60)}`);
  return {
    wanted: text(to),
    look: (object) => {
      const found = (object as ConfigMap).data?.[key] ?? null;
      const at: Side['at'] = found === to ? 'after' : found === from ? 'before' : 'elsewhere';
      const owners = found === null ? undefined : pathOwners(object.metadata?.managedFields, ['f:data', `f:${key}`]);
      return { at, found: text(found), owners };
    },
    patch: (object, side) => {
      const value = side === 'after' ? to : from;
      const { data } = object as ConfigMap;
      if (value === null) return [{ op: 'remove', path: jsonPointer('data', key) }];
      return [
        ...(data === undefined ? [{ op: 'add', path: '/data', value: {} } as const] : []),
        { op: 'add', path: jsonPointer('data', key), value },
      ];
    },
  };
}
