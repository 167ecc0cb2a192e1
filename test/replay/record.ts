/**
 * Records the history of each outcome from the workflows as they are now, for the replay test to hold later versions to.
 *
 *     node test/replay/record.ts NAME [remediations|all-clear|sweep]        e.g. 2026-11-first
 *
 * Without the second word all are recorded. Existing histories are never overwritten: old ones have to go on replaying.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { ensureServers, startTemporalServer, terminalProgress } from '../../dev/stack/index.ts';
import { ALL_CLEAR_WORKFLOW, type AllClearInput, allClearId, SWEEP_WORKFLOW } from '../../src/contract/remediation.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { failedBefore, FakeWorld } from '../workflow/fake-world.ts';
import { runRemediation } from '../workflow/run-remediation.ts';
import { remediationCases } from './remediation-cases.ts';

const PARTS = ['remediations', 'all-clear', 'sweep'] as const;

const [version, only] = process.argv.slice(2);
if (version === undefined || !(only === undefined || PARTS.some((part) => part === only))) {
  console.error(`usage: node test/replay/record.ts NAME [${PARTS.join('|')}]`);
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

/** An alert that resolves when its remediation has been rolled back. */
async function recordAllClear(): Promise<void> {
  await runRemediation({ address: server.address, world: new FakeWorld(failedBefore) }, async (running) => {
    await running.result();
    const { client, alert, taskQueue, handle } = running;
    const clear = await client.workflow.start<(input: AllClearInput) => Promise<string[]>>(ALL_CLEAR_WORKFLOW, {
      workflowId: allClearId(handle.workflowId),
      taskQueue,
      args: [{ remediationId: handle.workflowId, alert: { ...alert, status: 'resolved' } }],
    });
    await clear.result();
    await save('all-clear', historyToJSON(await clear.fetchHistory()));
  });
}

async function recordSweep(): Promise<void> {
  await runRemediation({ address: server.address, world: new FakeWorld() }, async ({ client, taskQueue, handle }) => {
    const swept = await client.workflow.start(SWEEP_WORKFLOW, { workflowId: 'sweep', taskQueue });
    await swept.result();
    await save('sweep', historyToJSON(await swept.fetchHistory()));
    await handle.terminate();
  });
}

async function save(name: string, json: string): Promise<void> {
  // Stack traces say where the checkout lies: not for the repository.
  await writeFile(join(folder, `${name}.json`), `${json.replaceAll(packageRoot().replace(/\/$/, ''), '/mendloop')}\n`);
  console.log(name);
}

try {
  const wanted = (part: (typeof PARTS)[number]) => only === undefined || only === part;
  if (wanted('remediations')) await recordRemediations();
  if (wanted('all-clear')) await recordAllClear();
  if (wanted('sweep')) await recordSweep();
} finally {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}
