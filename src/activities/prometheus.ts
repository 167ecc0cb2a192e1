import { activityInfo, cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import { z } from 'zod';
import type { PrometheusClient } from '../clients/prometheus/prometheus-client.ts';
import { readSignal } from '../clients/prometheus/read-signal.ts';
import { MendloopError } from '../domain/failures.ts';
import type { Baseline, VerificationReport } from '../domain/measurement.ts';
import type { Verification } from '../domain/plan.ts';
import { initialState, judge, observe, type Reading, type VerificationState } from '../domain/verification.ts';
import { toApplicationFailure } from './failure.ts';

/** What a heartbeat carries over a crash of the worker. */
interface Progress {
  readonly state: VerificationState;
  /** The act lies before this time of Prometheus's clock, in seconds; null until Prometheus could be asked. */
  readonly actedAt: number | null;
  /** Milliseconds spent verifying. Time in which no worker ran does not count: a crash is a pause. */
  readonly spentMs: number;
}

const progressSchema = z.object({
  state: z.looseObject({ taken: z.number(), goodRun: z.number(), samples: z.array(z.unknown()) }),
  actedAt: z.number().nullable(),
  spentMs: z.number(),
});

export type PrometheusActivities = ReturnType<typeof createPrometheusActivities>;

/** What is read from Prometheus. Nothing here changes anything, so that every activity can be run again at any time. */
export function createPrometheusActivities({ prometheus }: { prometheus: PrometheusClient }) {
  const readAll = async (verification: Verification, actedAt?: number): Promise<Reading> => {
    const signal = cancellationSignal();
    const read = (query: Verification['objective']['query']) =>
      readSignal(prometheus, {
        query,
        maxAgeSeconds: verification.maxAgeSeconds,
        signal,
        ...(actedAt === undefined ? {} : { actedAt }),
      });
    const [objective, ...neighbours] = await Promise.all([
      read(verification.objective.query),
      ...verification.neighbours.map(({ query }) => read(query)),
    ]);
    return { objective, neighbours };
  };

  return {
    /**
     * Every signal of the plan as it is now. Prometheus being away gives unknown samples; an expression that can never
     * be judged fails with `QueryInvalid`, because a plan that cannot be verified must not be acted on.
     */
    async measureBaseline({ verification }: { verification: Verification }): Promise<Baseline> {
      try {
        const { objective, neighbours } = await readAll(verification);
        const unread = { at: 0, status: 'unknown', reason: 'empty' } as const;
        return {
          objective,
          neighbours: verification.neighbours.map(({ name }, index) => ({ name, sample: neighbours[index] ?? unread })),
        };
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },

    /**
     * Samples until the cure is proven, disproven, or the plan's deadline has passed. Continues after a crash of the
     * worker where the last heartbeat was. Fails only with `QueryInvalid`; all else is a verdict.
     */
    async verifyRemediation(input: { verification: Verification; baseline: Baseline }): Promise<VerificationReport> {
      try {
        return await verify(input);
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },
  };

  async function verify(input: { verification: Verification; baseline: Baseline }): Promise<VerificationReport> {
    const { verification } = input;
    const intervalMs = verification.intervalSeconds * 1000;
    let { state, actedAt, spentMs } = recover(verification);
    const startedAt = performance.now() - spentMs;

    for (;;) {
      const tickAt = performance.now();
      actedAt ??= await prometheusTime();
      const reading: Reading = actedAt === null ? unavailable(verification) : await readAll(verification, actedAt);
      state = observe(state, reading, input);
      spentMs = performance.now() - startedAt;
      heartbeat({ state, actedAt, spentMs } satisfies Progress);

      const deadlinePassed = spentMs + intervalMs > verification.deadlineSeconds * 1000;
      const report = judge(state, { ...input, deadlinePassed });
      if (report !== undefined) return report;
      await sleep(Math.max(0, intervalMs - (performance.now() - tickAt)));
    }
  }

  /** Null while Prometheus is away. */
  async function prometheusTime(): Promise<number | null> {
    try {
      return await prometheus.serverTime(cancellationSignal());
    } catch (error) {
      if (error instanceof MendloopError && error.type === 'PrometheusUnavailable') return null;
      throw error;
    }
  }
}

function recover(verification: Verification): Progress {
  const beginning: Progress = { state: initialState(verification), actedAt: null, spentMs: 0 };
  // Written by another version, perhaps: then verification begins anew, which is slower and never wrong.
  const parsed = progressSchema.safeParse(activityInfo().heartbeatDetails);
  if (!parsed.success) return beginning;
  const { state, ...rest } = activityInfo().heartbeatDetails as Progress;
  // Nobody looked in between, so that samples before and after are not in a row.
  return { ...rest, state: { ...state, goodRun: 0, worseRuns: state.worseRuns.map(() => 0) } };
}

function unavailable(verification: Verification): Reading {
  const sample = { at: 0, status: 'unknown', reason: 'unavailable' } as const;
  return { objective: sample, neighbours: verification.neighbours.map(() => sample) };
}
