import type { Logger } from 'pino';
import { createProvider } from '../clients/flags/create-provider.ts';
import { createModeFlags, type ModeFlags } from '../clients/flags/mode-flags.ts';
import type { Config } from '../config/schema.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface FlagsObserver {
  onReload(loaded: { readonly source: string; readonly revision: string }): void;
  onError(error: Error): void;
}

/** The flags of the settings, if there are any, kept up to date by their provider. */
export function openFlags(parts: {
  config: Config;
  metrics: Metrics;
  logger: Logger;
  /** Told of each flag file that comes into use, and of each that is refused. */
  observer?: FlagsObserver | undefined;
}): ModeFlags | undefined {
  const { config, metrics, logger, observer } = parts;
  if (config.flags === undefined) return undefined;
  const provider = createProvider(config.flags, {
    onReload: (loaded) => {
      metrics.flagsReloaded('loaded');
      logger.info(loaded, 'flags loaded');
      observer?.onReload(loaded);
    },
    onError: (error) => {
      metrics.flagsReloaded('broken');
      logger.error({ err: error }, 'flag file refused; the last good one stays');
      observer?.onError(error);
    },
  });
  return createModeFlags({ provider, onEvaluation: (result) => metrics.flagEvaluated(result) });
}
