import type { InjectedSinks } from '@temporalio/worker';
import type { WorkflowInfo } from '@temporalio/workflow';
import { type Mode, modes } from '../domain/decision/mode.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { TelemetrySinks } from '../workflows/tracing/sinks.ts';
import { indexedValues } from './indexed-values.ts';

type SinkMetrics = Pick<Metrics, 'remediationEnded' | 'milestoneReached'>;

/** Where the reports of workflows go. None is called during replay: what was counted once is not counted again. */
export function telemetrySinks(metrics: SinkMetrics): InjectedSinks<TelemetrySinks> {
  const once = { callDuringReplay: false } as const;
  return {
    telemetry: {
      remediationEnded: {
        ...once,
        fn: (info, event) => metrics.remediationEnded({ ...event, mode: event.mode ?? modeOf(info) }),
      },
      milestoneReached: { ...once, fn: (_info, event) => metrics.milestoneReached(event) },
    },
  };
}

/** What the remediation told the Web UI; undefined where it never came to a plan. */
function modeOf(info: WorkflowInfo): Mode | undefined {
  const { mode } = indexedValues(info);
  return modes.find((known) => known === mode);
}
