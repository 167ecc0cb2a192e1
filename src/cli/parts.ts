import { createApi } from '../api/create-api.ts';
import { serveApi } from '../api/serve-api.ts';
import { createTemporalStarter, isTemporalReachable } from '../api/temporal-starter.ts';
import type { PolicyBundle } from '../clients/policy/policy-bundle.ts';
import type { TemporalLink } from '../clients/temporal/connect.ts';
import { resolveSecret } from '../config/secret.ts';
import type { Stack } from '../stack/index.ts';
import { compose, openPolicy } from '../workers/compose.ts';
import { createWorker } from '../workers/create-worker.ts';
import { workflowBundle } from '../workers/workflow-bundle.ts';
import type { Context } from './prepare.ts';
import { stoppable } from './shutdown.ts';

/** The policy, watched until the stack stops. */
export async function openPolicyPart(context: Context, stack: Stack): Promise<PolicyBundle> {
  const policy = await openPolicy(context);
  stack.add(stoppable(() => policy.close()));
  return policy;
}

export interface ApiPart {
  readonly context: Context;
  readonly temporal: TemporalLink;
  readonly policy: PolicyBundle;
  readonly stack: Stack;
  /** Whether a worker in this process may take a workflow's first task straight from its start. */
  readonly eager: boolean;
}

/** The API half; on stop it drains its requests. */
export async function startApi({ context, temporal, policy, stack, eager }: ApiPart): Promise<{ url: string }> {
  const { config, metrics, logger } = context;
  const { webhookToken } = config.api;
  const app = createApi({
    settings: config.api,
    ...(webhookToken === undefined ? {} : { webhookToken: () => resolveSecret(webhookToken) }),
    starter: createTemporalStarter({
      client: temporal.client,
      taskQueue: config.temporal.taskQueue,
      requestEagerStart: eager,
    }),
    readiness: {
      temporal: () => isTemporalReachable(temporal.client),
      policy: () => policy.ready,
    },
    metrics,
    logger,
  });
  const server = await serveApi(app, config.api);
  stack.add(stoppable(() => server.close()));
  return { url: server.url };
}

/** The worker half; on stop it lets its activities finish. `finished` rejects if the worker fails. */
export async function startWorker(
  context: Context,
  temporal: TemporalLink,
  stack: Stack,
  policy?: PolicyBundle,
): Promise<{ finished: Promise<void> }> {
  const { config, metrics, root } = context;
  const composition = compose({ ...context, policy: policy ?? (await openPolicyPart(context, stack)) });
  stack.add(stoppable(() => composition.close()));
  const worker = await createWorker({
    settings: config.temporal,
    connection: temporal.connection,
    namespace: temporal.namespace,
    workflowBundle: workflowBundle(root),
    activities: composition.activities,
    metrics,
  });
  const finished = worker.run();
  stack.add(
    stoppable(async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await finished.catch(() => undefined); // Told to whoever waits for `finished`.
    }),
  );
  return { finished };
}
