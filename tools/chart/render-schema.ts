import { z } from 'zod';
import { valuesSchema } from './values-schema.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * values.schema.json, in the draft that every Helm reads. Defaults are left out: values.yaml has the chart's, and the
 * settings fill in their own.
 */
export function renderSchema(): string {
  const schema = z.toJSONSchema(valuesSchema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    reused: 'ref',
  });
  return `${JSON.stringify(portable(schema as Json), null, 1)}\n`;
}

/** Helm's regular expressions are Go's, which know no look-around: such a pattern is left to the settings' own check. */
function portable(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(portable);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).filter(
    ([key, value]) => !(key === 'pattern' && typeof value === 'string' && /\(\?[=!<]/.test(value)) && key !== 'default',
  );
  return Object.fromEntries(entries.map(([key, value]) => [key, portable(value)]));
}
