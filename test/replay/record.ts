/**
 * Records the history of each outcome from the workflows as they are now, for the replay test to hold later versions to.
 *
 *     node test/replay/record.ts NAME        e.g. 2026-11-first
 *
 * Existing histories are never overwritten: old ones have to go on replaying.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/activity';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Activities } from '../../src/activities/index.ts';
import { ensureServers, startTemporalServer, terminalProgress } from '../../src/stack/index.ts';
import { RESOLVED_SIGNAL } from '../../src/workflows/contract.ts';
import { aDecision, aPlan } from '../support/plans.ts';
import { denied, FakeWorld, report, snapshot } from '../workflow/fake-world.ts';
import { runRemediation, type Running } from '../workflow/run-remediation.ts';

interface Case {
  readonly name: string;
  readonly script: Partial<Activities>;
  readonly during?: (running: Running) => Promise<void>;
}

const bad = report({ verdict: 'bad', failure: 'VerificationFailed', summary: 'p95 latency 1.2 s is not <= 0.2 s' });
const unknown = report({ verdict: 'inconclusive', failure: 'VerificationInconclusive', summary: 'never judged' });

const untilWatching = async ({ status }: Running) => {
  while ((await status()).step !== 'watching') await new Promise((resolve) => setImmediate(resolve));
};

const cases: Case[] = [
  {
    name: 'remediated',
    script: {},
    during: async (running) => {
      await untilWatching(running);
      await running.handle.signal(RESOLVED_SIGNAL, {});
    },
  },
  { name: 'rolled-back', script: { verifyRemediation: () => Promise.resolve(bad) } },
  {
    name: 'escalated-left-alone',
    script: {
      verifyRemediation: () => Promise.resolve(bad),
      restoreScale: () => Promise.resolve({ status: 'left_alone', expected: 5, found: 7, by: 'kubectl' }),
    },
  },
  {
    name: 'escalated-kept',
    script: {
      decide: () => {
        const plan = aPlan();
        return Promise.resolve(aDecision({ ...plan, verification: { ...plan.verification, onInconclusive: 'keep' } }));
      },
      verifyRemediation: () => Promise.resolve(unknown),
    },
  },
  {
    name: 'escalated-undo-failed',
    script: {
      verifyRemediation: () => Promise.resolve(bad),
      restoreScale: () => Promise.reject(ApplicationFailure.nonRetryable('refused', 'KubernetesForbidden')),
    },
  },
  { name: 'denied', script: denied },
  { name: 'observed', script: { decide: () => Promise.resolve(aDecision(aPlan(), 'observe')) } },
  {
    name: 'rejected',
    script: {
      decide: () =>
        Promise.resolve({ verdict: 'reject', rule: '', reason: 'no rule for this alert', policyRevision: 'test' }),
    },
  },
  {
    name: 'suppressed',
    script: { inspectTarget: () => Promise.resolve({ ...snapshot, heldBy: 'remediation/Other/0000000000000000/1' }) },
  },
  {
    name: 'cancelled',
    script: {},
    during: async (running) => {
      await untilWatching(running);
      await running.handle.cancel();
    },
  },
];

const [version] = process.argv.slice(2);
if (version === undefined) {
  console.error('usage: node test/replay/record.ts NAME');
  process.exit(2);
}
const folder = join(import.meta.dirname, 'histories', version);
await mkdir(join(import.meta.dirname, 'histories'), { recursive: true });
await mkdir(folder); // Fails if it is there: old histories stay as they are.

const dataDir = await mkdtemp(join(tmpdir(), 'mendloop-record-'));
const { temporal } = await ensureServers(['temporal'], { progress: terminalProgress() });
const server = await startTemporalServer({ binary: temporal, dataDir, headless: true });
try {
  for (const { name, script, during } of cases) {
    await runRemediation({ address: server.address, world: new FakeWorld(script) }, async (running) => {
      await during?.(running);
      await running.result().catch(() => undefined);
      const history = await running.handle.fetchHistory();
      await writeFile(join(folder, `${name}.json`), `${historyToJSON(history)}\n`);
      console.log(`${name}: ${history.events?.length ?? 0} events`);
    });
  }
} finally {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}
