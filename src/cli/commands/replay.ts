import { setTimeout } from 'node:timers/promises';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { Command } from 'commander';
import { packageRoot } from '../../local/package-root.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { installRuntime } from '../../workers/create-worker.ts';
import { unheardSinks } from '../../workers/unheard-sinks.ts';
import { workflowBundle } from '../../workers/workflow-bundle.ts';
import { readHistory } from '../replay/read-history.ts';

/** A replay only computes: the longest history that Temporal keeps takes some seconds. */
const MAX_REPLAY_MS = 60_000;

export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('replay a downloaded workflow history against the workflows of this version')
    .argument(
      '<file>',
      "history as JSON: from the Web UI, Temporal's HTTP API, or `temporal workflow show -w ID -o json`",
    )
    .addHelpText(
      'after',
      `
Exit code 0: this version decides as the recorded run did. 1: it would not.

Examples:
  $ temporal workflow show --workflow-id "$ID" --output json > incident.json
  $ mendloop replay incident.json`,
    )
    .action(async (file: string) => {
      const history = await readHistory(file);
      // The SDK tells of every state of its worker unless it is told not to.
      installRuntime(createLogger({ level: 'error' }, { pretty: true }));
      try {
        const options = { workflowBundle: workflowBundle(packageRoot()), sinks: unheardSinks() };
        await withinBound(file, Worker.runReplayHistory(options, history));
      } catch (error) {
        if (!(error instanceof DeterminismViolationError)) throw error;
        console.error(`${file}: this version would not have done the same: ${error.message}`);
        process.exitCode = 1;
        return;
      }
      console.log(`${file}: ${history.events?.length ?? 0} events replayed, same decisions`);
    });
}

/** The SDK does not tell when its core has died over a history that it cannot read. */
async function withinBound(file: string, replayed: Promise<void>): Promise<void> {
  const bound = new AbortController();
  const tooLong = setTimeout(MAX_REPLAY_MS, undefined, { signal: bound.signal }).then(() => {
    throw new Error(`${file}: the replay has not ended in ${MAX_REPLAY_MS / 1000} s: the history may be incomplete`);
  });
  try {
    await Promise.race([replayed, tooLong]);
  } finally {
    bound.abort();
    await tooLong.catch(() => undefined);
  }
}
