import { isLoopback } from '../api/access/loopback.ts';
import { createApi } from '../api/create-api.ts';
import { serveApi } from '../api/serve-api.ts';
import { createIntake, type Intake } from '../api/webhook/intake.ts';
import type { StartObserver } from '../api/webhook/remediation-starter.ts';
import { createTemporalStarter } from '../api/webhook/temporal-starter.ts';
import { makeOrderKeys, trustedOrderKeys } from '../clients/orders/order-keys.ts';
import { createOrderSigner } from '../clients/orders/order-signer.ts';
import type { LivePolicy } from '../clients/policy/policy-engine.ts';
import type { TemporalLink } from '../clients/temporal/connect.ts';
import { isTemporalReachable } from '../clients/temporal/temporal-failure.ts';
import { resolveSecret } from '../config/secret.ts';
import { taskQueueOf } from '../contract/task-queue.ts';
import type { WorkerVersion } from '../config/worker-version.ts';
import type { Stack } from '../local/index.ts';
import { appendEventually } from '../store/audit/append-eventually.ts';
import { isStoreReachable } from '../store/is-store-reachable.ts';
import type { Store } from '../store/store.ts';
import { compose, openPolicy } from '../workers/compose.ts';
import { createWorker } from '../workers/create-worker.ts';
import { type FlagsObserver, openFlags } from '../workers/open-flags.ts';
import { keepStore, openStoreOf } from '../workers/open-store.ts';
import { flagsRecorder, policyRecorder, recordSettings, thisProcess } from '../workers/record-settings.ts';
import { workflowBuildId, workflowBundle } from '../workers/workflow-bundle.ts';
import { addCollectors } from './collectors.ts';
import { enterDueRegularly } from './enter-due-regularly.ts';
import { packageVersion } from './package-version.ts';
import { peopleParts } from './people.ts';
import type { Context } from './prepare.ts';
import { stoppable } from './shutdown.ts';
import { consoleLink, leaveWayIn, startUser, type WayIn } from './start-link.ts';

/** Which part of Mendloop a process is. */
export type PartName = 'up' | 'api' | 'worker';

export interface Ground {
  readonly store: Store;
  readonly policy: LivePolicy;
  /** Writes which flag file is in use into the audit log. */
  readonly flagsObserver: FlagsObserver;
}

/** The store of this process, which all its halves share, and the policy, watched: until the stack stops. */
export async function openGround(
  part: PartName,
  { context, temporal, stack }: Pick<ApiPart, 'context' | 'temporal' | 'stack'>,
): Promise<Ground> {
  const { config, logger, root } = context;
  const store = await openStoreOf({ ...context, client: temporal.client });
  stack.add(stoppable(() => store.close()));
  const identity = thisProcess(part, packageVersion(root));
  await recordSettings(store.audit, { config, process: identity });
  const appends = appendEventually(store.audit, (error) => {
    logger.warn({ err: error }, 'which policy is in use could not be recorded; trying again');
  });
  stack.add(stoppable(() => appends.stop()));
  const policy = await openPolicy({ ...context, observer: policyRecorder(appends, identity) });
  stack.add(stoppable(() => policy.close()));
  return { store, policy, flagsObserver: flagsRecorder(appends, identity) };
}

export interface ApiPart {
  readonly context: Context;
  readonly temporal: TemporalLink;
  readonly policy: LivePolicy;
  readonly store: Store;
  readonly stack: Stack;
  /** Absent: the other half of this process writes it down. */
  readonly flagsObserver?: FlagsObserver;
  /** Whether a worker in this process may take a workflow's first task straight from its start. */
  readonly eager: boolean;
  /** Of that worker. */
  readonly observer?: StartObserver;
  /** Where the token of this start is left for programs of the same user; absent: nowhere. */
  readonly state?: string;
}

export interface StartedApi {
  readonly url: string;
  /** Of the console; without users in the settings with a token that is good until this API stops. */
  readonly consoleUrl: string;
}

/** The API half; on stop it drains its requests. */
export async function startApi(part: ApiPart): Promise<StartedApi> {
  const { context, temporal, policy, store, stack } = part;
  const { config, metrics, logger } = context;
  const { webhookToken, host, insecure } = config.api;
  makeOrderKeys(config.orders);
  const known = peopleParts({ config, client: temporal.client, store });
  const local = known.users.length === 0 && isLoopback(host) ? startUser() : undefined;
  const people = local === undefined ? known : { ...known, users: [local] };
  addCollectors({ metrics, client: temporal.client, guards: people.guards });
  const intake = startIntake(part);
  const app = createApi({
    settings: config.api,
    ...(webhookToken === undefined ? {} : { webhookToken: () => resolveSecret(webhookToken) }),
    intake,
    readiness: {
      temporal: () => isTemporalReachable(temporal.client),
      policy: () => policy.ready,
      store: () => isStoreReachable(store),
    },
    metrics,
    logger,
    audit: store.audit,
    people,
  });
  const server = await serveApi(app, config.api);
  stack.add(stoppable(() => server.close()));
  if (insecure && webhookToken === undefined) {
    logger.warn({ url: server.url }, 'api.insecure: the webhook takes alerts from everybody who reaches this address');
  }
  const { url } = server;
  if (local === undefined) return { url, consoleUrl: url };
  const wayIn = { url, token: local.token() };
  if (part.state !== undefined) leave({ context, stack, state: part.state }, wayIn);
  return { url, consoleUrl: consoleLink(wayIn) };
}

function leave(
  { context: { logger }, stack, state }: Pick<ApiPart, 'context' | 'stack'> & { readonly state: string },
  wayIn: WayIn,
): void {
  try {
    const left = leaveWayIn(state, wayIn);
    stack.add(
      stoppable(() => {
        left.remove();
        return Promise.resolve();
      }),
    );
    logger.info({ file: left.file }, 'the token of this start is in a file; `mendloop console` prints the link');
  } catch (error) {
    logger.warn({ err: error, state }, 'the token of this start cannot be left in the state folder');
  }
}

/** The way of alerts to their remediations; also of those that are entered again when their reason has passed. */
function startIntake({ context, temporal, policy, store, stack, eager, observer, flagsObserver }: ApiPart): Intake {
  const { config, metrics, logger } = context;
  const flags = openFlags({ config, metrics, logger, observer: flagsObserver });
  const intake = createIntake({
    ...{ settings: config.api, cluster: config.kubernetes.cluster, policy, flags, metrics, logger },
    holdsPages: config.notifications.holdPages !== undefined,
    incidents: store.incidents,
    unhandled: store.unhandled,
    audit: store.audit,
    starter: createTemporalStarter({
      client: temporal.client,
      sign: createOrderSigner(config.orders),
      taskQueue: taskQueueOf(config),
      requestEagerStart: eager,
      observer,
    }),
    observer,
  });
  const entering = enterDueRegularly({ intake, logger });
  stack.add(
    stoppable(async () => {
      await entering.stop();
      await intake.close();
      await flags?.close();
    }),
  );
  return intake;
}

export interface WorkerPart {
  /** Absent: the other half of this process writes it down. */
  readonly flagsObserver?: FlagsObserver;
  readonly context: Context;
  readonly temporal: TemporalLink;
  readonly policy: LivePolicy;
  readonly store: Store;
  readonly stack: Stack;
  /** As which it polls; absent: unversioned. */
  readonly version?: WorkerVersion | undefined;
}

export interface StartedWorker {
  /** Rejects if the worker fails. */
  readonly finished: Promise<void>;
  /** For an API in this process. */
  readonly observer: StartObserver;
}

/** The worker half; on stop it lets its activities finish. */
export async function startWorker(part: WorkerPart): Promise<StartedWorker> {
  const { context, temporal, policy, stack, version } = part;
  const { config, metrics, telemetry, root } = context;
  const store = await keepStore(part.store, { ...context, client: temporal.client });
  stack.add(stoppable(() => store.close()));
  if (trustedOrderKeys(config.orders).length === 0) {
    context.logger.warn(
      'there is no public key of the API yet: until there is one, no vote and no order counts (orders)',
    );
  }
  const composition = compose({
    ...{ ...context, policy, client: temporal.client, store },
    temporalAddress: temporal.address,
    flagsObserver: part.flagsObserver,
  });
  stack.add(stoppable(() => composition.close()));
  const worker = await createWorker({
    settings: config.temporal,
    taskQueue: taskQueueOf(config),
    connection: temporal.connection,
    namespace: temporal.namespace,
    workflowBundle: workflowBundle(root),
    activities: composition.activities,
    version,
    metrics,
    tracing: telemetry?.tracing,
  });
  metrics.workerStarted({
    buildId: workflowBuildId(root),
    deployment: version?.deploymentName,
    activities: Object.keys(composition.activities),
  });
  const finished = worker.run();
  const checking = new AbortController();
  const checked = composition.checkSelf(checking.signal);
  stack.add(
    stoppable(async () => {
      checking.abort();
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await checked;
      await finished.catch(() => undefined); // The command, which waits for `finished`, is told.
    }),
  );
  return { finished, observer: composition.ahead };
}
