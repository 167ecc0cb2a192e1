/**
 * Records the history of each outcome from the workflows as they are now, for the replay test to hold later versions to.
 *
 *     node test/replay/record.ts NAME [remediations|guards]        e.g. 2026-11-first
 *
 * Without the second word both are recorded. Existing histories are never overwritten: old ones have to go on replaying.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { ensureServers, startTemporalServer, terminalProgress } from '../../src/stack/index.ts';
import { FakeWorld } from '../workflow/fake-world.ts';
import { runRemediation } from '../workflow/run-remediation.ts';
import { recordGuards } from './record-guards.ts';
import { remediationCases } from './remediation-cases.ts';

const [version, only = 'both'] = process.argv.slice(2);
if (version === undefined || !['both', 'remediations', 'guards'].includes(only)) {
  console.error('usage: node test/replay/record.ts NAME [remediations|guards]');
  process.exit(2);
}
const folder = join(import.meta.dirname, 'histories', version);
await mkdir(join(import.meta.dirname, 'histories'), { recursive: true });
await mkdir(folder); // Fails if it is there: old histories stay as they are.

const dataDir = await mkdtemp(join(tmpdir(), 'mendloop-record-'));
const { temporal } = await ensureServers(['temporal'], { progress: terminalProgress() });
const server = await startTemporalServer({ binary: temporal, dataDir, headless: true });
async function recordRemediations(): Promise<void> {
  for (const { name, script, during } of remediationCases) {
    await runRemediation({ address: server.address, world: new FakeWorld(script) }, async (running) => {
      await during?.(running);
      await running.result().catch(() => undefined);
      await save(name, historyToJSON(await running.handle.fetchHistory()));
    });
  }
}

async function save(name: string, json: string): Promise<void> {
  await writeFile(join(folder, `${name}.json`), `${json}\n`);
  console.log(name);
}

try {
  if (only !== 'guards') await recordRemediations();
  if (only !== 'remediations') await recordGuards({ address: server.address, save });
} finally {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}
