import { z } from 'zod';

/** Keys from the root of the settings. */
export type KeyPath = readonly PropertyKey[];

/** A schema without what stands around it: defaults, optionality, and what is made of the value afterwards. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  for (;;) {
    if (inner instanceof z.ZodPipe) inner = inner.def.in instanceof z.ZodTransform ? inner.def.out : inner.def.in;
    else if (
      inner instanceof z.ZodOptional ||
      inner instanceof z.ZodDefault ||
      inner instanceof z.ZodPrefault ||
      inner instanceof z.ZodNullable ||
      inner instanceof z.ZodNonOptional ||
      inner instanceof z.ZodReadonly
    ) {
      inner = inner.def.innerType;
    } else return inner;
  }
}

/** The forms that a schema may take: the options of a union, else itself. */
function forms(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const inner = bare(schema);
  return inner instanceof z.ZodUnion ? inner.options : [inner];
}

/** The schemas that may apply at a path; several below a union. */
export function schemasAt(root: z.core.$ZodType, path: KeyPath): readonly z.core.$ZodType[] {
  return path
    .reduce<readonly z.core.$ZodType[]>(
      (schemas, key) => schemas.flatMap(forms).flatMap((form) => childOf(form, String(key))),
      [bare(root)],
    )
    .map(bare);
}

function childOf(schema: z.core.$ZodType, key: string): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodRecord) return [schema.def.valueType];
  if (schema instanceof z.ZodArray) return [schema.def.element];
  if (!(schema instanceof z.ZodObject) || !Object.hasOwn(schema.shape, key)) return [];
  const child: unknown = schema.shape[key];
  return child instanceof z.ZodType ? [child] : [];
}

/** The keys that the schema knows at a path. */
export function keysAt(root: z.core.$ZodType, path: KeyPath): string[] {
  const keys = schemasAt(root, path).flatMap(forms).flatMap(ownKeys);
  return [...new Set(keys)];
}

function ownKeys(form: z.core.$ZodType): string[] {
  if (form instanceof z.ZodObject) return Object.keys(form.shape);
  if (!(form instanceof z.ZodRecord)) return [];
  const { keyType } = form.def;
  return keyType instanceof z.ZodEnum ? keyType.options.map(String) : [];
}

/** Calls back for every value below the root with its path and the schemas that may apply to it. */
export function walkValues(
  root: z.core.$ZodType,
  value: unknown,
  visit: (place: { path: KeyPath; value: unknown; schemas: readonly z.core.$ZodType[] }) => void,
  path: KeyPath = [],
): void {
  visit({ path, value, schemas: schemasAt(root, path) });
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) walkValues(root, child, visit, [...path, key]);
}
