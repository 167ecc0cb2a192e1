import { createMetrics } from '../telemetry/metrics.ts';
import { telemetrySinks } from './telemetry-sinks.ts';
import { workflowSpanSink } from './workflow-spans.ts';

/** For replays, which report nothing: a worker without the sinks complains of each report that it does not make. */
export function unheardSinks() {
  return { ...telemetrySinks(createMetrics()), ...workflowSpanSink(undefined) };
}
