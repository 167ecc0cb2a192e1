import type { Command } from 'commander';
import { connectTemporal } from '../../clients/temporal/connect.ts';
import { stateFolder } from '../../config/state-folder.ts';
import { type CommonOptions, withConfig } from '../options.ts';
import { openGround, startApi } from '../parts.ts';
import { flushLast, prepare } from '../prepare.ts';
import { runUntilStopped, stoppable } from '../shutdown.ts';

export function registerApi(program: Command): void {
  withConfig(program.command('api'))
    .description("take Alertmanager's webhook: the API half, against any Temporal")
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop api --config mendloop.yaml
  $ TEMPORAL_ADDRESS=temporal.internal:7233 mendloop api`,
    )
    .action(async (options: CommonOptions) => {
      const context = await prepare(options, 'api');
      await runUntilStopped(async (stack) => {
        stack.add(flushLast(context));
        const temporal = await connectTemporal(context.config.temporal);
        stack.add(stoppable(() => temporal.close()));
        const { store, policy, flagsObserver } = await openGround('api', { context, temporal, stack });
        const { url } = await startApi({
          ...{ context, temporal, policy, store, stack, flagsObserver },
          ...{ eager: false, state: stateFolder() },
        });
        context.logger.info({ url, temporal: temporal.address }, 'api started');
        await new Promise<never>(() => undefined); // Until a signal ends the process.
      });
    });
}
