import type { Logger } from 'pino';
import { createProvider } from '../clients/flags/create-provider.ts';
import { createModeFlags, type ModeFlags } from '../clients/flags/mode-flags.ts';
import type { Config } from '../config/schema.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** The flags of the settings, if there are any, kept up to date by their provider. */
export function openFlags(parts: { config: Config; metrics: Metrics; logger: Logger }): ModeFlags | undefined {
  const { config, metrics, logger } = parts;
  if (config.flags === undefined) return undefined;
  const provider = createProvider(config.flags, {
    onReload: () => {
      metrics.flagsReloaded('loaded');
      logger.info('flags loaded');
    },
    onError: (error) => {
      metrics.flagsReloaded('broken');
      logger.error({ err: error }, 'flag file refused; the last good one stays');
    },
  });
  return createModeFlags({ provider, onEvaluation: (result) => metrics.flagEvaluated(result) });
}
