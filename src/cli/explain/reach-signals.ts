import { plansOf } from '../../domain/ladder/plans-of.ts';
import { createJaegerClient } from '../../clients/jaeger/jaeger-client.ts';
import { createLokiClient } from '../../clients/loki/loki-client.ts';
import { createPrometheusClient } from '../../clients/prometheus/prometheus-client.ts';
import type { Config } from '../../config/schema.ts';
import { isPlanned } from '../../domain/decision/is-planned.ts';
import { defined } from '../../domain/defined.ts';
import type { MeasureSignals } from './explain-alert.ts';
import { measureSignals } from './measure-signals.ts';

/** Seconds for all queries of one plan: a server that hangs must not hold the command for long. */
const PATIENCE_SECONDS = 30;

/** The servers that a worker of these settings measures by, reached for when there is a plan to measure by. */
export function reachSignals(config: Config): { measure: MeasureSignals; close(): Promise<void> } {
  let reached: ReturnType<typeof reach> | undefined;
  return {
    measure: async (decision) => {
      if (!isPlanned(decision)) return [];
      reached ??= reach(config);
      const options = { now: Date.now() / 1000, signal: AbortSignal.timeout(PATIENCE_SECONDS * 1000) };
      const { sources } = reached;
      const said = await Promise.all(plansOf(decision).map((plan) => measureSignals(plan, sources, options)));
      return said.flat();
    },
    close: async () => {
      await reached?.close();
    },
  };
}

function reach(config: Config) {
  const prometheus = createPrometheusClient(config.prometheus);
  const loki = config.loki && createLokiClient(config.loki);
  const jaeger = config.jaeger && createJaegerClient(config.jaeger);
  return {
    sources: defined({ prometheus, loki, jaeger }),
    close: async () => {
      await Promise.all([prometheus.close(), loki?.close(), jaeger?.close()]);
    },
  };
}
