import type { Command } from 'commander';
import { connectTemporal } from '../../clients/temporal/connect.ts';
import { checkKubeconfig } from '../../config/check-kubeconfig.ts';
import { workerVersion } from '../../config/worker-version.ts';
import type { Stack } from '../../local/index.ts';
import { workflowBuildId } from '../../workers/workflow-bundle.ts';
import { type CommonOptions, withConfig } from '../options.ts';
import { openGround, startWorker } from '../parts.ts';
import { type Context, flushLast, prepare } from '../prepare.ts';
import { serveMetrics } from '../serve-metrics.ts';
import { runUntilStopped, stoppable } from '../shutdown.ts';
import { watchCurrentVersion } from '../watch-current-version.ts';

export function registerWorker(program: Command): void {
  withConfig(program.command('worker'))
    .description('run remediations: the worker half, against any Temporal')
    .addHelpText(
      'after',
      `
Temporal's address, namespace, TLS and API key come from Temporal's own configuration:
TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_*, or its TOML file.

With TEMPORAL_DEPLOYMENT_NAME, which Temporal's worker controller sets, it polls as a version of that Worker Deployment: what
it begins is pinned to it, and it is given nothing to begin until its version is current. The build ID is that of its
workflows (\`mendloop deploy build-id\`); TEMPORAL_WORKER_BUILD_ID, where it is set, must be the same.

Examples:
  $ mendloop worker --config mendloop.yaml
  $ TEMPORAL_ADDRESS=temporal.internal:7233 mendloop worker`,
    )
    .action(async (options: CommonOptions) => {
      const context = await prepare(options, 'worker');
      checkKubeconfig(context.config.kubernetes);
      const version = workerVersion(workflowBuildId(context.root));
      await runUntilStopped(async (stack) => {
        stack.add(flushLast(context));
        const temporal = await connectTemporal(context.config.temporal);
        stack.add(stoppable(() => temporal.close()));
        await showMetrics(context, stack);
        const { store, policy, flagsObserver } = await openGround('worker', { context, temporal, stack });
        const { finished } = await startWorker({ context, temporal, policy, store, stack, flagsObserver, version });
        context.logger.info({ temporal: temporal.address, namespace: temporal.namespace, version }, 'worker started');
        if (version !== undefined) watchCurrentVersion({ context, temporal, stack, version });
        await finished;
      });
    });
}

/** A port that is taken must not keep a worker from its work: Prometheus sees that nothing answers there. */
async function showMetrics({ config, metrics, logger }: Context, stack: Stack): Promise<void> {
  try {
    const server = await serveMetrics(metrics, config.worker);
    stack.add(stoppable(() => server.close()));
    logger.info({ url: `${server.url}/metrics` }, 'metrics served');
  } catch (error) {
    logger.warn({ err: error }, 'no metrics are served');
  }
}
