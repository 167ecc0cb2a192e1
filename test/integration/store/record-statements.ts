/**
 * Writes down what processes of this version ask of the schema, in place of what was written for it before: only until it is
 * released.
 *
 *     node test/integration/store/record-statements.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../../src/store/open-store.ts';
import { SCHEMA_VERSION } from '../../../src/store/schema/migrations.ts';
import { recordLife } from '../../support/store/recorded-statements.ts';
import { OPEN } from '../../support/store/requests.ts';
import { postgresBench } from '../audit/benches.ts';

await using bench = await postgresBench();
const { settings } = await bench.place();
const store = await openStore({ settings, limits: OPEN, cluster: 'default' });
try {
  const recording = await recordLife(store, settings);
  const file = join(import.meta.dirname, 'statements', `${SCHEMA_VERSION}.json`);
  writeFileSync(file, `${JSON.stringify(recording, undefined, 1)}\n`);
  console.log(`${file}: ${recording.statements.length} statements`);
} finally {
  await store.close();
}
