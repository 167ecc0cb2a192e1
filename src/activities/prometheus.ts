import { activityInfo, cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import { z } from 'zod';
import type { PrometheusClient } from '../clients/prometheus/prometheus-client.ts';
import { readSignal, UNAVAILABLE } from '../clients/prometheus/read-signal.ts';
import { MendloopError } from '../domain/failures.ts';
import type { Baseline, VerificationReport } from '../domain/verification/measurement.ts';
import type { Query } from '../domain/plan/query.ts';
import type { Verification } from '../domain/plan/verification-clause.ts';
import { judge, observe } from '../domain/verification/verification.ts';
import {
  initialState,
  interrupted,
  type Reading,
  type VerificationState,
  verificationStateSchema,
} from '../domain/verification/verification-state.ts';
import { toApplicationFailure } from './failure.ts';

/** A sign of life also while Prometheus hangs, within the margin that the workflow's heartbeat timeout leaves. */
const PULSE_MS = 2000;

/** How long a reading that began before the deadline may go on after it, in milliseconds. */
const GRACE_MS = 5000;

/** What a heartbeat carries over a crash of the worker. */
const progressSchema = z.object({
  state: verificationStateSchema,
  /** The act lies before this time of Prometheus's clock, in seconds; null until Prometheus could be asked. */
  actedAt: z.number().nullable(),
  /** Milliseconds spent verifying. Time in which no worker ran does not count: a crash is a pause. */
  spentMs: z.number().nonnegative(),
});
interface Progress extends Omit<z.infer<typeof progressSchema>, 'state'> {
  readonly state: VerificationState;
}

interface VerifyInput {
  readonly verification: Verification;
  readonly baseline: Baseline;
}

export type PrometheusActivities = ReturnType<typeof createPrometheusActivities>;

/**
 * What is read from Prometheus. Nothing here changes anything, so that every activity can be run again at any time.
 * `now` is a clock in milliseconds that never goes back; only differences of it are used.
 */
export function createPrometheusActivities({
  prometheus,
  now = () => performance.now(),
}: {
  prometheus: PrometheusClient;
  now?: () => number;
}) {
  return {
    /**
     * Every signal of the plan as it is now. Prometheus being away gives unknown samples; an expression that can never
     * be judged fails with `QueryInvalid`, because a plan that cannot be verified must not be acted on.
     */
    async measureBaseline({ verification }: { verification: Verification }): Promise<Baseline> {
      try {
        const { objective, neighbours } = await readAll(verification, { signal: cancellationSignal() });
        return {
          objective,
          neighbours: verification.neighbours.map(({ name }, index) => ({
            name,
            sample: neighbours[index] ?? UNAVAILABLE,
          })),
        };
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },

    /**
     * Samples every `intervalSeconds` until the cure is proven, disproven, or the plan's deadline has passed; the
     * deadline counts from the first start. Goes on after a crash of the worker where the last heartbeat was. Fails only
     * with `QueryInvalid`; all else is a verdict.
     */
    async verifyRemediation(input: VerifyInput): Promise<VerificationReport> {
      try {
        return await verify(input);
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },
  };

  async function verify(input: VerifyInput): Promise<VerificationReport> {
    const { verification } = input;
    const intervalMs = verification.intervalSeconds * 1000;
    const deadlineMs = verification.deadlineSeconds * 1000;
    const recovered = recover(verification);
    const startedAt = now() - recovered.spentMs;
    const spent = () => now() - startedAt;
    let { state, actedAt } = recovered;
    const beat = () => heartbeat({ state, actedAt, spentMs: spent() } satisfies Progress);

    const pulse = setInterval(beat, PULSE_MS);
    try {
      for (;;) {
        const timeLeft = AbortSignal.timeout(Math.ceil(Math.max(deadlineMs - spent(), GRACE_MS)));
        const signal = AbortSignal.any([cancellationSignal(), timeLeft]);
        let reading = nothing(verification);
        try {
          if (actedAt === null) {
            actedAt = await prometheus.serverTime(signal);
            beat(); // The act's time must outlive this worker, or the next one would have to wait anew.
          }
          reading = await readAll(verification, { actedAt, signal });
        } catch (error) {
          if (cancellationSignal().aborted) throw cancellationSignal().reason;
          if (!timeLeft.aborted && !isUnavailable(error)) throw error;
        }
        state = observe(state, reading, input);
        beat();

        // Ticks lie on multiples of the interval, so that they do not drift; those that a slow answer covered are left out.
        const nextMs = (Math.floor(spent() / intervalMs) + 1) * intervalMs;
        const report = judge(state, { ...input, deadlinePassed: nextMs > deadlineMs });
        if (report !== undefined) return report;
        await sleep(Math.ceil(nextMs - spent()));
      }
    } finally {
      clearInterval(pulse);
    }
  }

  async function readAll(
    verification: Verification,
    options: { actedAt?: number; signal: AbortSignal },
  ): Promise<Reading> {
    const { maxAgeSeconds } = verification;
    const read = (query: Query) => readSignal(prometheus, { query, maxAgeSeconds, ...options });
    const [objective, ...neighbours] = await Promise.all([
      read(verification.objective.query),
      ...verification.neighbours.map(({ query }) => read(query)),
    ]);
    return { objective, neighbours };
  }
}

function recover(verification: Verification): Progress {
  const parsed = progressSchema.safeParse(activityInfo().heartbeatDetails);
  // Absent at first; or written by another version: then verification begins anew, which is slower and never wrong.
  if (!parsed.success || parsed.data.state.worseRuns.length !== verification.neighbours.length) {
    return { state: initialState(verification), actedAt: null, spentMs: 0 };
  }
  return { ...parsed.data, state: interrupted(parsed.data.state) };
}

/** A reading while Prometheus is away. */
function nothing({ neighbours }: Verification): Reading {
  return { objective: UNAVAILABLE, neighbours: neighbours.map(() => UNAVAILABLE) };
}

function isUnavailable(error: unknown): boolean {
  return error instanceof MendloopError && error.type === 'PrometheusUnavailable';
}
