import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { recordPromotion } from '../../../src/cli/scorecard/record-promotion.ts';
import { configSchema } from '../../../src/config/schema.ts';
import type { AuditEntry } from '../../../src/domain/audit/audit-entry.ts';
import { openAuditLog } from '../../../src/store/audit/open-audit-log.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { openFlags } from '../../../src/workers/open-flags.ts';
import { flagsRecorder, thisProcess } from '../../../src/workers/record-settings.ts';
import { flagFile } from '../flags/flag-files.ts';

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mendloop-flags-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

it('each flag file that comes into use is a row, each that is refused, and what it was before', async () => {
  const file = join(await scratch(), 'flags.json');
  await writeFile(file, flagFile());
  const rows: AuditEntry[] = [];
  const flags = openFlags({
    config: configSchema.parse({ flags: { provider: 'file', file } }),
    metrics: createMetrics(),
    logger: createLogger({ level: 'error' }),
    observer: flagsRecorder(
      { append: (entry) => void rows.push(entry), stop: () => Promise.resolve() },
      thisProcess('api', '1'),
    ),
  });
  onTestFinished(() => flags?.close());
  const change = async (text: string) => {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  };
  await expect.poll(() => rows.length, { timeout: 25_000 }).toBe(1);
  await change(flagFile({ if: [true, 'auto'] }));
  await expect.poll(() => rows.length, { timeout: 25_000 }).toBe(2);
  await change('{"flags": {}}');
  await expect.poll(() => rows.length, { timeout: 25_000 }).toBe(3);
  expect(rows.map(({ kind, data }) => [kind, data['event']])).toEqual([
    ['config', 'flags_loaded'],
    ['config', 'flags_changed'],
    ['config', 'flags_refused'],
  ]);
  const [first, second, third] = rows.map(({ data }) => data);
  expect(second?.['previousRevision']).toBe(first?.['revision']);
  expect(third?.['revision']).toBe(second?.['revision']);
  expect(first?.['source']).toBe(file);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(3);
});

it('a promotion is a row in the name of who made it', async () => {
  const folder = join(await scratch(), 'audit');
  const config = configSchema.parse({ audit: { store: { type: 'embedded', folder } } });
  const made = await openAuditLog(config.audit);
  await made.append([]);
  await made.close();
  const plan = { rule: 'slow_orders', from: 'observe', to: 'approve', enough: true, missing: [] } as never;
  await recordPromotion(config, { plan, file: 'flags.json', by: 'ann' });
  const log = await openAuditLog(config.audit);
  onTestFinished(() => log.close());
  expect(await log.list({ limit: 10 })).toMatchObject([
    { kind: 'config', actor: 'ann', data: { event: 'promoted', rule: 'slow_orders', from: 'observe', to: 'approve' } },
  ]);
}, 120_000);
