/** Appends to the embedded audit log of a folder for as long as it lives, and says which keys are durable. */
import { openAuditLog } from '../../../src/store/audit/open-audit-log.ts';
import { auditSchema } from '../../../src/config/audit-schema.ts';

const [folder, name = 'appender'] = process.argv.slice(2);
const log = await openAuditLog(auditSchema.parse({ store: { type: 'embedded', folder } }));
for (let count = 0; ; count += 1) {
  const key = `${name}/${count}`;
  await log.append([
    { key, at: new Date().toISOString(), actor: name, kind: 'effect_done', data: { filler: 'x'.repeat(2000) } },
  ]);
  console.log(key);
}
