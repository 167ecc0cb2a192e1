import type { Logger } from 'pino';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { packageRoot } from '../stack/package-root.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { installRuntime } from '../workers/create-worker.ts';
import type { CommonOptions } from './options.ts';

/** What every long-running command begins with. */
export interface Context {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The package's own folder. */
  readonly root: string;
}

/** @throws ConfigError with every fault of the settings at once. */
export function prepare(options: CommonOptions): Context {
  const config = loadConfig(options.config === undefined ? {} : { path: options.config });
  const logger = createLogger(config.log);
  installRuntime(logger);
  return { config, logger, metrics: createMetrics(), root: packageRoot() };
}
