import { z } from 'zod';
import { policyDataSchema } from './policy-data.ts';

/**
 * The schema of a policy's data for editors and other programs. Of a file in a folder, the part under its key holds:
 * `#/properties/services` for services/data.yaml.
 */
export function policyJsonSchema(): object {
  const title = 'Data of a Mendloop policy: what Rego sees as `data`';
  return { title, ...z.toJSONSchema(policyDataSchema, { io: 'input', reused: 'ref' }) };
}
