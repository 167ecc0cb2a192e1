import { cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import type { PrometheusClient } from '../clients/prometheus/prometheus-client.ts';
import { readSignal, type SignalRequest, UNAVAILABLE } from '../clients/prometheus/read-signal.ts';
import { MendloopError } from '../domain/failures.ts';
import { type LeaseBounds, type LeaseStep, nextLeaseStep } from '../domain/lease/lease.ts';
import type { Sample } from '../domain/verification/measurement.ts';
import type { LeaseClause } from '../domain/plan/lease-clause.ts';
import { toApplicationFailure } from './failure.ts';

export type LeaseActivities = ReturnType<typeof createLeaseActivities>;

type MeasureRequest = Pick<SignalRequest, 'query' | 'whenEmpty' | 'maxAgeSeconds'>;

export interface LeaseWatch {
  readonly clause: LeaseClause;
  readonly current: number;
  readonly bounds: LeaseBounds;
  readonly capacityPerUnit: number | undefined;
  /** Seconds before the first look. */
  readonly settleSeconds: number;
  /** Seconds after which it is given up. */
  readonly deadlineSeconds: number;
  readonly maxAgeSeconds: number;
}

/** A sign of life between looks. */
const PULSE_MS = 2000;
/** Looks in a row that must want a step: load comes in waves. */
const LOOKS = 2;

/** What a lease reads. Nothing here changes anything. */
export function createLeaseActivities({ prometheus }: { prometheus: PrometheusClient }) {
  async function measure(request: MeasureRequest): Promise<Sample> {
    try {
      return await readSignal(prometheus, { ...request, signal: cancellationSignal() });
    } catch (error) {
      if (cancellationSignal().aborted) throw cancellationSignal().reason;
      if (error instanceof MendloopError && error.type === 'PrometheusUnavailable') return UNAVAILABLE;
      throw error;
    }
  }

  return {
    /** One signal as it is now; Prometheus being away is an unknown sample. Fails with `QueryInvalid`. */
    async measureSignal(signal: MeasureRequest): Promise<Sample> {
      try {
        return await measure(signal);
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },

    /**
     * Looks at the load until it wants a step in some looks in a row, or the deadline passes, which gives the last
     * answer. A crash begins the wait anew, which is slower and never wrong. Fails only with `QueryInvalid`.
     */
    async awaitLeaseStep(watch: LeaseWatch): Promise<LeaseStep> {
      const { clause, settleSeconds, deadlineSeconds, maxAgeSeconds } = watch;
      const endsAt = performance.now() + deadlineSeconds * 1000;
      const pause = (seconds: number) =>
        sleep(Math.max(1, Math.ceil(Math.min(seconds * 1000, endsAt - performance.now()))));
      const pulse = setInterval(heartbeat, PULSE_MS);
      try {
        await pause(settleSeconds);
        for (let wanted = 0; ;) {
          const load = await measure({ query: clause.load.query, whenEmpty: clause.load.whenEmpty, maxAgeSeconds });
          const step = nextLeaseStep(clause, { ...watch, load });
          wanted = step.kind === 'down' ? wanted + 1 : 0;
          if (step.kind === 'done' || wanted >= LOOKS || performance.now() >= endsAt) {
            return step.kind === 'down' && wanted < LOOKS ? { kind: 'stay', reason: step.reason } : step;
          }
          await pause(clause.checkSeconds);
        }
      } catch (error) {
        throw toApplicationFailure(error);
      } finally {
        clearInterval(pulse);
      }
    },
  };
}
