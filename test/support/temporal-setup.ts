import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureServers, startTemporalServer, terminalProgress } from '../../dev/stack/index.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of the Temporal dev server that the workflow tests share. */
    temporalAddress: string;
  }
}

/** One real Temporal dev server for all workflow tests; each test has its own task queue and workflow IDs. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'mendloop-temporal-'));
  const { temporal } = await ensureServers(['temporal'], { progress: terminalProgress() });
  const server = await startTemporalServer({ binary: temporal, dataDir, headless: true });
  project.provide('temporalAddress', server.address);
  return async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
