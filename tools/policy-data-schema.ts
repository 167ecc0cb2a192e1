/**
 * Writes schemas/policy-data.schema.json from the schema that policy data is checked by. It does not lie below policy/:
 * OPA takes every JSON file there for data.
 *
 *     node tools/policy-data-schema.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { policyJsonSchema } from '../src/clients/policy/data/policy-json-schema.ts';
import { packageRoot } from '../src/local/package-root.ts';

const file = join(packageRoot(), 'schemas', 'policy-data.schema.json');
writeFileSync(file, `${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
