import { isDeepStrictEqual } from 'node:util';
import { fieldOwners } from '../../domain/actions/field-owners.ts';
import type { FieldEdit } from '../../domain/actions/field-edit.ts';
import type { JsonValue } from '../../domain/audit/canonical-json.ts';
import { parseQuantity } from '../../domain/cost/quantity.ts';
import type { EditableObject, EditTerms, Side } from './edit-object.ts';
import { jsonPointer } from './json-pointer.ts';

/** One field of `spec` from one value to another; `null` stands for a field that is not there. */
export function fieldTerms({ field, from, to, isQuantity = false }: FieldEdit): EditTerms {
  const name = field.join('.');
  const text = (value: JsonValue) => (value === null ? `no ${name}` : `${name} ${JSON.stringify(value)}`);
  return {
    wanted: text(to),
    look: (object) => {
      const found = valueAt(object, field);
      const isAt = (value: JsonValue) => isSame(found, value, isQuantity);
      const at: Side['at'] = isAt(to) ? 'after' : isAt(from) ? 'before' : 'elsewhere';
      const owners = found === null ? undefined : fieldOwners(object.metadata?.managedFields, field);
      return { at, found: text(found), owners };
    },
    patch: (object, side) => {
      const value = side === 'after' ? to : from;
      const path = jsonPointer('spec', ...field);
      if (value !== null) return [{ op: 'add', path, value }];
      return valueAt(object, field) === null ? [] : [{ op: 'remove', path }];
    },
  };
}

function valueAt({ spec }: EditableObject, field: readonly string[]): JsonValue {
  let at: unknown = spec;
  for (const name of field) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return null;
    at = (at as Record<string, unknown>)[name];
  }
  return (at ?? null) as JsonValue;
}

/** `1024Mi` is read back as `1Gi`. */
function isSame(one: JsonValue, other: JsonValue, isQuantity: boolean): boolean {
  if (isDeepStrictEqual(one, other)) return true;
  return (
    isQuantity && typeof one === 'string' && typeof other === 'string' && parseQuantity(one) === parseQuantity(other)
  );
}
