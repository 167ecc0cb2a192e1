import type { Command } from 'commander';
import { connectTemporal } from '../../clients/temporal/connect.ts';
import { type CommonOptions, withConfig } from '../options.ts';
import { startWorker } from '../parts.ts';
import { prepare } from '../prepare.ts';
import { runUntilStopped, stoppable } from '../shutdown.ts';

export function registerWorker(program: Command): void {
  withConfig(program.command('worker'))
    .description('run remediations: the worker half, against any Temporal')
    .addHelpText(
      'after',
      `
Temporal's address, namespace, TLS and API key come from Temporal's own configuration:
TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_*, or its TOML file.

Examples:
  $ mendloop worker --config mendloop.yaml
  $ TEMPORAL_ADDRESS=temporal.internal:7233 mendloop worker`,
    )
    .action(async (options: CommonOptions) => {
      const context = prepare(options);
      await runUntilStopped(async (stack) => {
        const temporal = await connectTemporal(context.config.temporal);
        stack.add(stoppable(() => temporal.close()));
        const { finished } = await startWorker(context, temporal, stack);
        context.logger.info({ temporal: temporal.address, namespace: temporal.namespace }, 'worker started');
        await finished;
      });
    });
}
