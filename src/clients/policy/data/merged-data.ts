import { z } from 'zod';
import { catalogueEntrySchema } from './catalogue-data.ts';
import { boundsSchema } from './limits-data.ts';
import { asObject, type Json, objectUnion } from './object-union.ts';
import { documents } from './policy-data.ts';

/** A value as policy uses it, put together from several places, and what it must fit. */
export interface MergedValue {
  readonly value: unknown;
  readonly schema: z.ZodType;
  /** Where its parts stand, the last one first. */
  readonly places: readonly (readonly string[])[];
  /** Keys that name something which has to be there. */
  readonly words?: Readonly<Record<string, { readonly word: string; readonly known: readonly string[] }>>;
}

/**
 * What comes out where one part of the data goes over another, as policy/lib and policy/catalogue put it together: of
 * each part alone only its keys can be judged.
 */
export function mergedValues(data: Json): MergedValue[] {
  const overrides = child(data, 'overrides');
  const limits = union(data['limits'], overrides['limits']);
  return [
    ...Object.entries(documents).flatMap(([name, schema]): MergedValue[] => {
      // A list of names may be in `overrides` alone; of the others, nothing works without the whole.
      const isAlone = data[name] === undefined && !(schema instanceof z.ZodRecord);
      if (isAlone || overrides[name] === undefined) return [];
      return [{ value: union(data[name], overrides[name]), schema, places: [['overrides', name], [name]] }];
    }),
    ...Object.keys(child(limits, 'namespaces')).map((namespace): MergedValue => {
      const { maxReplicas, step, guards, gitOps, budget, preconditions } = union(
        limits,
        child(limits, 'namespaces')[namespace],
      );
      const path = ['limits', 'namespaces', namespace];
      return {
        value: { maxReplicas, step, guards, gitOps, budget, preconditions },
        schema: boundsSchema,
        places: [['overrides', ...path], path],
      };
    }),
    ...mergedEntries(child(data, 'catalogue'), child(overrides, 'catalogue')),
  ];
}

/** The entries of the catalogue whole. */
function mergedEntries(catalogue: Json, overrides: Json): MergedValue[] {
  const alerts = child(catalogue, 'alerts');
  const whys = Object.keys(child(catalogue, 'why'));
  const known = new Map<string, { entry: Json; source: string }>();
  for (const source of Object.keys(alerts).toSorted().toReversed()) {
    for (const [name, entry] of Object.entries(child(alerts, source)))
      known.set(name, { entry: asObject(entry), source });
  }
  return [...new Set([...known.keys(), ...Object.keys(overrides)])].map((name) => {
    const found = known.get(name);
    const written = union(found?.entry, child(overrides, name));
    const { as, why } = written;
    const original = typeof as === 'string' ? known.get(as)?.entry : undefined;
    return {
      // What is wrong with the terms of the other entry is told there.
      value: union('plan' in written ? { plan: original?.['plan'] ?? {} } : {}, written),
      schema: catalogueEntrySchema,
      words: {
        ...(typeof as === 'string' && { as: { word: as, known: [...known.keys()] } }),
        ...(typeof why === 'string' && whys.length > 0 && { why: { word: why, known: whys } }),
      },
      places: [
        ['overrides', 'catalogue', name],
        ...(found === undefined ? [] : [['catalogue', 'alerts', found.source, name]]),
      ],
    };
  });
}

function child(value: Json, key: string): Json {
  return asObject(Object.hasOwn(value, key) ? value[key] : undefined);
}

/** Of what may be absent. */
function union(under: unknown, over: unknown): Json {
  return objectUnion(asObject(under), asObject(over));
}
