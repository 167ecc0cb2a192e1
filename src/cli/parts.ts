import { createApi } from '../api/create-api.ts';
import { serveApi } from '../api/serve-api.ts';
import { createTemporalStarter } from '../api/webhook/temporal-starter.ts';
import type { LivePolicy } from '../clients/policy/policy-engine.ts';
import type { TemporalLink } from '../clients/temporal/connect.ts';
import { isTemporalReachable } from '../clients/temporal/temporal-failure.ts';
import { resolveSecret } from '../config/secret.ts';
import type { Stack } from '../local/index.ts';
import { compose, openPolicy } from '../workers/compose.ts';
import { createGuardWorker, createWorker } from '../workers/create-worker.ts';
import { openAudit } from '../workers/open-audit.ts';
import { workflowBundle } from '../workers/workflow-bundle.ts';
import { addCollectors } from './collectors.ts';
import { peopleParts } from './people.ts';
import type { Context } from './prepare.ts';
import { stoppable } from './shutdown.ts';

/** The policy, watched until the stack stops. */
export async function openPolicyPart(context: Context, stack: Stack): Promise<LivePolicy> {
  const policy = await openPolicy(context);
  stack.add(stoppable(() => policy.close()));
  return policy;
}

export interface ApiPart {
  readonly context: Context;
  readonly temporal: TemporalLink;
  readonly policy: LivePolicy;
  readonly stack: Stack;
  /** Whether a worker in this process may take a workflow's first task straight from its start. */
  readonly eager: boolean;
}

/** The API half; on stop it drains its requests. */
export async function startApi({ context, temporal, policy, stack, eager }: ApiPart): Promise<{ url: string }> {
  const { config, metrics, logger } = context;
  const { webhookToken } = config.api;
  const people = peopleParts(config, temporal.client);
  addCollectors({ metrics, client: temporal.client, guards: people.guards });
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
    people,
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
  policy?: LivePolicy,
): Promise<{ finished: Promise<void> }> {
  const { config, metrics, telemetry, root } = context;
  const audit = await openAudit({ ...context, client: temporal.client });
  stack.add(stoppable(() => audit.close()));
  const chosen = policy ?? (await openPolicyPart(context, stack));
  const composition = compose({ ...context, policy: chosen, client: temporal.client, audit });
  stack.add(stoppable(() => composition.close()));
  const parts = {
    settings: config.temporal,
    connection: temporal.connection,
    namespace: temporal.namespace,
    workflowBundle: workflowBundle(root),
    activities: composition.activities,
    metrics,
    tracing: telemetry?.tracing,
  };
  const workers = await Promise.all([createWorker(parts), createGuardWorker(parts)]);
  const finished = Promise.all(workers.map((worker) => worker.run())).then(() => undefined);
  const checking = new AbortController();
  const checked = composition.checkSelf(checking.signal);
  stack.add(
    stoppable(async () => {
      checking.abort();
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await checked;
      await finished.catch(() => undefined); // Told to whoever waits for `finished`.
    }),
  );
  return { finished };
}
