import type { Logger } from 'pino';
import { checkDoors } from '../api/access/check-doors.ts';
import { checkSecrets, type Part, secretsOf } from '../config/check-secrets.ts';
import { loadConfig } from '../config/load.ts';
import { otelSettings } from '../config/otel.ts';
import { useRedaction } from '../config/redaction.ts';
import type { Config } from '../config/schema.ts';
import { freePort } from '../local/index.ts';
import { packageRoot } from '../local/package-root.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { startTelemetry, type Telemetry } from '../telemetry/telemetry.ts';
import { installRuntime } from '../workers/create-worker.ts';
import type { CommonOptions } from './options.ts';
import { packageVersion } from './package-version.ts';
import { stoppable } from './shutdown.ts';

/** What every long-running command begins with. */
export interface Context {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Absent: nothing is exported by OTLP. */
  readonly telemetry?: Telemetry;
  /** The package's own folder. */
  readonly root: string;
}

/**
 * `complete` adds to the settings what the command sees to by itself.
 *
 * @throws ConfigError with every fault of the settings at once, or with every secret of this part that cannot be read.
 */
export async function prepare(
  options: CommonOptions,
  part: Part = 'everything',
  complete: (config: Config) => Config = (config) => config,
): Promise<Context> {
  const config = complete(loadConfig(options.config === undefined ? {} : { path: options.config }));
  useRedaction(config.redact);
  // Now, with its key, and not as a failed call hours later.
  checkSecrets(config, { within: secretsOf(part) });
  if (part !== 'worker') checkDoors(config.api);
  const otel = otelSettings();
  const root = packageRoot();
  const telemetry = await startTelemetry(otel, packageVersion(root));
  const logger = createLogger(config.log, { copy: telemetry.logStream });
  if (otel.ignored.length > 0) logger.warn({ ignored: otel.ignored }, 'OpenTelemetry settings that are not known here');
  const sdkMetricsUrl = await installObservedRuntime(logger);
  return { config, logger, metrics: createMetrics({ sdkMetricsUrl }), telemetry, root };
}

/** Sends, when everything else has stopped, the traces and logs that are left. */
export function flushLast({ telemetry }: Context) {
  return stoppable(() => telemetry?.close() ?? Promise.resolve());
}

const PORT_ATTEMPTS = 3;

/** Temporal's SDK shows its metrics on a port of its own, on this machine only; `/metrics` has them too. */
async function installObservedRuntime(logger: Logger): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const metricsAddress = `127.0.0.1:${await freePort()}`;
    try {
      installRuntime(logger, { metricsAddress });
      return `http://${metricsAddress}/metrics`;
    } catch (error) {
      // Another process was faster on this port; a port is free until it is taken.
      if (attempt === PORT_ATTEMPTS) throw error;
    }
  }
}
