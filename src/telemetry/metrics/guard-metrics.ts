import { RefusalReason } from '../../domain/guards/refusal.ts';
import type { MetricFactory } from './metric-factory.ts';

/** Where the guards stand. Undefined: not known at present. */
export interface GuardState {
  /** Remediations that the cluster's guard has let through and that have not left it. */
  readonly active?: number | undefined;
  /** Remediations in line at the cluster's guard. */
  readonly queued?: number | undefined;
  /** Targets whose breaker is open. */
  readonly openBreakers?: number | undefined;
  readonly paused?: boolean | undefined;
}

export interface GuardMetrics {
  /** The whole state, as it was just read; what is left out is shown no more. */
  guardState(state: GuardState): void;
  breakerChanged(event: { readonly to: 'open' | 'closed' }): void;
  guardRefused(reason: RefusalReason): void;
}

export function guardMetrics(make: MetricFactory): GuardMetrics {
  const active = make.gauge(
    'mendloop_guard_active_remediations',
    'Remediations that the cluster guard let through.',
    [],
  );
  const queued = make.gauge('mendloop_queue_depth', 'Remediations in line at the cluster guard.', []);
  const open = make.gauge('mendloop_breakers_open', 'Targets whose circuit breaker is open.', []);
  const paused = make.gauge('mendloop_paused', '1 while a human has paused all changes.', []);
  const transitions = make.counter('mendloop_breaker_transitions_total', 'Circuit breakers opened and closed.', ['to']);
  const refusals = make.counter('mendloop_guard_refusals_total', 'Remediations that a guard turned away.', ['reason']);

  // What happens rarely has to be there before it happens: the first one would be missing from every increase.
  for (const to of ['open', 'closed'] as const) transitions.inc({ to }, 0);
  for (const reason of Object.values(RefusalReason)) refusals.inc({ reason }, 0);

  const show = (gauge: ReturnType<MetricFactory['gauge']>, value: number | undefined) => {
    if (value === undefined) gauge.remove();
    else gauge.set(value);
  };
  return {
    guardState: (state) => {
      show(active, state.active);
      show(queued, state.queued);
      show(open, state.openBreakers);
      show(paused, state.paused === undefined ? undefined : Number(state.paused));
    },
    breakerChanged: ({ to }) => transitions.inc({ to }),
    guardRefused: (reason) => refusals.inc({ reason }),
  };
}
