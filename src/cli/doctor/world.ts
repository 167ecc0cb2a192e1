import { createProvider } from '../../clients/flags/create-provider.ts';
import { createModeFlags } from '../../clients/flags/mode-flags.ts';
import { createKubernetesClient, type KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import {
  type AlertmanagerApi,
  createAlertmanagerApi,
} from '../../clients/notifications/alertmanager/alertmanager-api.ts';
import { type LoadedConfig, readLoadedConfig } from '../../clients/notifications/alertmanager/loaded-config.ts';
import type { LivePolicy } from '../../clients/policy/policy-engine.ts';
import { createPrometheusClient, type PrometheusClient } from '../../clients/prometheus/prometheus-client.ts';
import { connectClient, type TemporalClientLink } from '../../clients/temporal/connect-client.ts';
import { confirmingAlertmanager } from '../../config/alerts-schema.ts';
import type { Config } from '../../config/schema.ts';
import type { Database } from '../../store/database.ts';
import { openUnchecked } from '../../store/open-database.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { openPolicy } from '../../workers/open-policy.ts';
import { type Answered, readAnswered } from './answered-alerts.ts';

/** What the person who asks says beside the settings. */
export interface DoctorOptions {
  /** Where the API is reached from here, without a slash at the end. */
  readonly api: string;
  /** Namespaces in which Mendloop is to act; empty: those of the plans that policy makes. */
  readonly namespaces: readonly string[];
  /** Actions that it is to use; empty: those of the plans. */
  readonly actions: readonly string[];
  /** Name of Alertmanager's receiver that stands for Mendloop; absent: it is known by its URL. */
  readonly receiver?: string | undefined;
}

/** Everything that checks ask, each opened when it is first asked for, and once. */
export interface World extends DoctorOptions {
  /** @throws ConfigError. */
  readonly config: Config;
  readonly root: string;
  temporal(): Promise<TemporalClientLink>;
  database(): Promise<Database>;
  kubernetes(): KubernetesClient;
  prometheus(): PrometheusClient;
  /** Undefined where the settings name none. */
  alertmanager(): AlertmanagerApi | undefined;
  /** The configuration that Alertmanager runs with; only where there is one. */
  alertmanagerConfig(): Promise<LoadedConfig>;
  policy(): Promise<LivePolicy>;
  /** What policy answers to the alerts that this Prometheus can raise. */
  answered(): Promise<Answered>;
  close(): Promise<void>;
}

export interface WorldParts {
  /** @throws ConfigError. */
  readonly readConfig: () => Config;
  /** The package's own folder. */
  readonly root: string;
  /** Where the settings do not say otherwise, the API is on this machine. */
  readonly options: Omit<DoctorOptions, 'api'> & { readonly api?: string | undefined };
}

export function openWorld({ readConfig, root, options }: WorldParts): World {
  const closing: (() => Promise<unknown>)[] = [];
  const kept = <T>(open: () => Promise<T>, close: (opened: T) => Promise<unknown>) =>
    once(() => {
      const opened = open();
      closing.push(() => opened.then(close, () => undefined));
      return opened;
    });
  const config = once(readConfig);
  const temporal = kept(
    () => connectClient(config().temporal),
    (link) => link.close(),
  );
  const database = kept(
    () => openUnchecked(config().audit),
    (opened) => opened.close(),
  );
  const policy = kept(
    () => openPolicy({ config: config(), root, metrics: createMetrics(), logger: createLogger({ level: 'error' }) }),
    (opened) => opened.close(),
  );
  const prometheus = once(() => {
    const client = createPrometheusClient(config().prometheus);
    closing.push(() => client.close());
    return client;
  });
  const alertmanager = once(() => {
    const endpoint = confirmingAlertmanager(config());
    const api = endpoint && createAlertmanagerApi(endpoint);
    if (api !== undefined) closing.push(() => api.close());
    return api;
  });
  const flags = once(() => {
    const settings = config().flags;
    const opened = settings && createModeFlags({ provider: createProvider(settings) });
    if (opened !== undefined) closing.push(() => opened.close());
    return opened;
  });
  return {
    ...options,
    root,
    get config() {
      return config();
    },
    get api() {
      return options.api ?? ownAddress(config().api);
    },
    ...{ temporal, database, policy, prometheus, alertmanager },
    kubernetes: once(() => createKubernetesClient(config().kubernetes)),
    alertmanagerConfig: once(() => {
      const api = alertmanager();
      if (api === undefined) throw new Error('no Alertmanager is known');
      return readLoadedConfig(api);
    }),
    answered: once(async () =>
      readAnswered({
        prometheus: prometheus(),
        policy: await policy(),
        cluster: config().kubernetes.cluster,
        flags: flags(),
      }),
    ),
    close: async () => {
      await Promise.allSettled(closing.map((close) => close()));
    },
  };
}

/** The API listens everywhere, or at one address; from here it is asked where it listens. */
function ownAddress({ host, port }: Config['api']): string {
  const isEverywhere = host === '0.0.0.0' || host === '::';
  const name = isEverywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

/** What fails is not tried again: every check that needs it has the same answer. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | { readonly error: unknown } | undefined;
  return () => {
    if (made === undefined) {
      try {
        made = { value: make() };
      } catch (error) {
        made = { error };
      }
    }
    if ('error' in made) throw made.error;
    return made.value;
  };
}
