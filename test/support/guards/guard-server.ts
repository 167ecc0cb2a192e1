import type { WorkflowBundle } from '@temporalio/worker';
import { afterAll, beforeAll } from 'vitest';
import { ensureServers, startTemporalServer, type TemporalServer, terminalProgress } from '../../../dev/stack/index.ts';
import { bundleGuards } from './guard-world.ts';

/** A Temporal server for the guards of one test file, from before its first test until after its last. */
export function useGuardServer(): () => { readonly address: string; readonly bundle: WorkflowBundle } {
  let server: TemporalServer | undefined;
  let bundle: WorkflowBundle | undefined;
  beforeAll(async () => {
    const { temporal } = await ensureServers(['temporal'], { progress: terminalProgress() });
    [server, bundle] = await Promise.all([startTemporalServer({ binary: temporal, headless: true }), bundleGuards()]);
  });
  afterAll(() => server?.stop());
  return () => {
    if (server === undefined || bundle === undefined) throw new Error('the server does not run yet');
    return { address: server.address, bundle };
  };
}
