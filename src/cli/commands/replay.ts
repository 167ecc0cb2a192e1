import { readFile } from 'node:fs/promises';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { Command } from 'commander';
import { packageRoot } from '../../local/package-root.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { installRuntime } from '../../workers/create-worker.ts';
import { telemetrySinks } from '../../workers/telemetry-sinks.ts';
import { workflowBundle } from '../../workers/workflow-bundle.ts';
import { workflowSpanSink } from '../../workers/workflow-spans.ts';

export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('replay a downloaded workflow history against the workflows of this version')
    .argument('<file>', 'history as JSON: from the Web UI, or `temporal workflow show -w ID -o json`')
    .addHelpText(
      'after',
      `
Exit code 0: this version decides as the recorded run did. 1: it would not.

Examples:
  $ temporal workflow show --workflow-id "$ID" --output json > incident.json
  $ mendloop replay incident.json`,
    )
    .action(async (file: string) => {
      // The SDK tells of every state of its worker unless it is told not to.
      installRuntime(createLogger({ level: 'error' }, { pretty: true }));
      const history = historyFromJSON(JSON.parse(await readFile(file, 'utf8')));
      try {
        await Worker.runReplayHistory({ workflowBundle: workflowBundle(packageRoot()), sinks: quiet() }, history);
      } catch (error) {
        if (!(error instanceof DeterminismViolationError)) throw error;
        console.error(`${file}: this version would not have done the same: ${error.message}`);
        process.exitCode = 1;
        return;
      }
      console.log(`${file}: ${history.events?.length ?? 0} events replayed, same decisions`);
    });
}

/** Nothing is reported in a replay; a worker without the sinks complains of each report that it does not make. */
function quiet() {
  return { ...telemetrySinks(createMetrics()), ...workflowSpanSink(undefined) };
}
