/** Asks for one target of the embedded store of a folder, again and again, and says what each was answered. */
import { auditSchema } from '../../../src/config/audit-schema.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { asking, OPEN } from '../../support/store/requests.ts';

const [folder, name = 'admitter', target = ''] = process.argv.slice(2);
const settings = auditSchema.parse({ store: { type: 'embedded', folder } });
const store = await openStore({ settings, limits: OPEN, cluster: 'default' });
for (let count = 0; ; count += 1) {
  const id = `${name}/${count}`;
  const row = { key: id, at: new Date().toISOString(), actor: name, kind: 'effect_intended' as const, data: {} };
  const { status } = await store.admission.admit(asking(id, { target, audit: [row] }));
  console.log(`${id} ${status}`);
}
