import { z } from 'zod';

const made = new WeakMap<z.core.$ZodType, z.ZodType>();

/**
 * The schema of what goes over a value of `schema`, key by key: every key may be absent, or null, which takes back what
 * was there. Lists go over others whole. What only the merged value can fulfil is not asked for.
 */
export function loosened(schema: z.core.$ZodType): z.ZodType {
  const known = made.get(schema);
  if (known !== undefined) return known;
  const loose = loosen(schema);
  made.set(schema, loose);
  return loose;
}

function loosen(schema: z.core.$ZodType): z.ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    return loosened(schema.def.innerType);
  }
  if (schema instanceof z.ZodObject) {
    const shape = Object.entries<z.core.$ZodType>(schema.shape);
    return z.strictObject(Object.fromEntries(shape.map(([key, value]) => [key, loosened(value).nullish()])));
  }
  if (schema instanceof z.ZodRecord) return z.record(z.string(), loosened(schema.def.valueType).nullable());
  if (schema instanceof z.ZodType) return schema;
  throw new TypeError('not a schema of zod');
}
