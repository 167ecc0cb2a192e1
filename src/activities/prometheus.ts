import { activityInfo, cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import { z } from 'zod';
import type { PrometheusClient } from '../clients/prometheus/prometheus-client.ts';
import { asksForSignals, baselineOf, nothingRead, readVerification } from '../clients/prometheus/read-verification.ts';
import type { ProofSubject } from '../domain/actions/contract.ts';
import type { Observed, ObservedAt, Standing } from '../domain/actions/effects.ts';
import { defined } from '../domain/defined.ts';
import { MendloopError } from '../domain/failures.ts';
import type { Verification } from '../domain/plan/verification-clause.ts';
import type { ObjectiveBefore } from '../domain/remediation/prepared.ts';
import type { LeverLook } from '../domain/verification/lever-look.ts';
import { type Baseline, UnknownReason, type VerificationReport } from '../domain/verification/measurement.ts';
import { objectiveBefore } from '../domain/verification/objective-before.ts';
import { judge, observe } from '../domain/verification/verification.ts';
import {
  initialState,
  interrupted,
  type Reading,
  type VerificationState,
  verificationStateSchema,
} from '../domain/verification/verification-state.ts';
import type { StandingRequest } from './actions/contract.ts';
import type { LookAtChecks } from './look-at-checks.ts';
import type { ObserveEffectRequest } from './effects.ts';
import { toApplicationFailure } from './failure.ts';
import { lookAtLever } from './look-at-lever.ts';

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
  /** What was waited for first; null where nothing was. */
  observed: z.custom<ObservedAt>().nullable(),
});
interface Progress extends Omit<z.infer<typeof progressSchema>, 'state'> {
  readonly state: VerificationState;
}

export interface ProofInput {
  readonly verification: Verification;
  /** What conditions are judged on; absent: they are unknown. */
  readonly subject?: ProofSubject;
}

interface VerifyInput extends ProofInput {
  readonly baseline: Baseline;
  /** What is waited for before the first sample; absent: the effect is done. */
  readonly awaits?: ObserveEffectRequest;
  /** What the action did, to see at each sample that it stands. Absent: nothing was done that could be moved. */
  readonly lever?: StandingRequest;
}

/** The verdict, with what was waited for before it. */
export type Proof = VerificationReport & { readonly observed?: ObservedAt };

interface BrokenInput extends ProofInput {
  /** Measurements at most, and seconds between them. While Prometheus is away nothing is measured. */
  readonly times: number;
  readonly intervalSeconds: number;
}

export interface ObjectiveLook {
  readonly objective: ObjectiveBefore;
  /** All signals as they were measured last. */
  readonly baseline: Baseline;
}

export interface PrometheusActivityParts {
  readonly prometheus: PrometheusClient;
  /** Waits until an effect is done. @throws ApplicationFailure. */
  readonly awaitEffect?: (request: ObserveEffectRequest) => Promise<Observed>;
  /** Looks at conditions and probes. Absent: they are unknown. */
  readonly lookAtChecks?: LookAtChecks;
  /** Whether what an action did still stands. Absent: it is taken to. */
  readonly watchLever?: (lever: StandingRequest) => Promise<Standing>;
  /** A clock in milliseconds that never goes back; only differences of it are used. */
  readonly now?: () => number;
}

export type PrometheusActivities = ReturnType<typeof createPrometheusActivities>;

/** What is read from Prometheus. Nothing here changes anything, so that every activity can be run again at any time. */
export function createPrometheusActivities({
  prometheus,
  awaitEffect,
  lookAtChecks = () => Promise.resolve(undefined),
  watchLever,
  now = () => performance.now(),
}: PrometheusActivityParts) {
  return {
    /**
     * Every signal of the plan as it is now, and conditions and probes where their subject is known. Prometheus being away gives unknown samples; an expression that can never
     * be judged fails with `QueryInvalid`, because a plan that cannot be verified must not be acted on.
     */
    async measureBaseline(input: ProofInput): Promise<Baseline> {
      try {
        return baselineOf(input.verification, await readAll(input));
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },

    /**
     * Measures the objective before the act until it is measured and not met, so many times at most: a series may be
     * young, a value on the edge. The last look is the answer. A Prometheus that is away is waited for, as long as the
     * plan waits for an unproven cure. Fails only with `QueryInvalid`.
     */
    async awaitObjectiveBroken(input: BrokenInput): Promise<ObjectiveLook> {
      const pulse = setInterval(heartbeat, PULSE_MS);
      try {
        return await untilBroken(input);
      } catch (error) {
        throw toApplicationFailure(error);
      } finally {
        clearInterval(pulse);
      }
    },

    /**
     * Waits until the effect is done; then looks at all that must hold every `intervalSeconds` until the cure is proven, disproven, taken away
     * by another hand, or the plan's deadline has passed, which counts from the first sample. Goes on after a crash of the
     * worker where the last heartbeat was. Fails as `observeEffect` does, and with `QueryInvalid`; all else is a verdict.
     *
     * One activity, because each costs a workflow six events and a trip through the server.
     */
    async verifyRemediation(input: VerifyInput): Promise<Proof> {
      try {
        const progress = recover(input.verification);
        const observed = progress.observed ?? (await awaited(input.awaits));
        return { ...(await verify(input, { ...progress, observed })), ...(observed === null ? {} : { observed }) };
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },
  };

  /** Everything as it is before the act. */
  async function readAll({ verification, subject }: ProofInput): Promise<Reading> {
    const signal = cancellationSignal();
    const [reading, checks] = await Promise.all([
      readVerification(prometheus, verification, { signal }),
      subject === undefined ? undefined : lookAtChecks({ verification, subject, signal }),
    ]);
    return { ...reading, ...defined({ checks }) };
  }

  async function untilBroken(input: BrokenInput): Promise<ObjectiveLook> {
    const { verification, times, intervalSeconds } = input;
    const startedAt = now();
    for (let measured = 0; ;) {
      const reading = await readAll(input);
      const objective = objectiveBefore(verification, reading);
      if (!isAway(reading)) measured += 1;
      const isLast = measured >= times || now() - startedAt >= verification.deadlineSeconds * 1000;
      if (objective.status === 'not_met' || isLast) {
        return { objective, baseline: baselineOf(verification, reading) };
      }
      heartbeat();
      await sleep(Math.ceil(intervalSeconds * 1000));
    }
  }

  async function awaited(effect: ObserveEffectRequest | undefined): Promise<ObservedAt | null> {
    if (effect === undefined || awaitEffect === undefined) return null;
    return { ...(await awaitEffect(effect)), at: new Date().toISOString() };
  }

  async function verify(input: VerifyInput, recovered: Progress): Promise<VerificationReport> {
    const { verification } = input;
    const intervalMs = verification.intervalSeconds * 1000;
    const deadlineMs = verification.deadlineSeconds * 1000;
    const startedAt = now() - recovered.spentMs;
    const spent = () => now() - startedAt;
    const { observed } = recovered;
    let { state, actedAt } = recovered;
    const beat = () => heartbeat({ state, actedAt, spentMs: spent(), observed } satisfies Progress);

    const pulse = setInterval(beat, PULSE_MS);
    try {
      for (;;) {
        const timeLeft = AbortSignal.timeout(Math.ceil(Math.max(deadlineMs - spent(), GRACE_MS)));
        const signal = AbortSignal.any([cancellationSignal(), timeLeft]);
        const looking = lookAt(input.lever, signal);
        const { subject } = input;
        const checking = subject === undefined ? undefined : lookAtChecks({ verification, subject, signal });
        let reading = nothingRead(verification);
        try {
          if (actedAt === null && asksForSignals(verification)) {
            actedAt = await prometheus.serverTime(signal);
            beat(); // The act's time must outlive this worker, or the next one would have to wait anew.
          }
          if (actedAt !== null) reading = await readVerification(prometheus, verification, { actedAt, signal });
        } catch (error) {
          if (cancellationSignal().aborted) throw cancellationSignal().reason;
          if (!timeLeft.aborted && !isUnavailable(error)) throw error;
        }
        const lever = await looking;
        if (cancellationSignal().aborted) throw cancellationSignal().reason;
        state = observe(state, { ...reading, ...defined({ checks: await checking }) }, input);
        beat();

        // Ticks lie on multiples of the interval, so that they do not drift; those that a slow answer covered are left out.
        const nextMs = (Math.floor(spent() / intervalMs) + 1) * intervalMs;
        const report = judge(state, { ...input, lever, deadlinePassed: nextMs > deadlineMs });
        if (report !== undefined) return report;
        await sleep(Math.ceil(nextMs - spent()));
      }
    } finally {
      clearInterval(pulse);
    }
  }

  async function lookAt(lever: StandingRequest | undefined, signal: AbortSignal): Promise<LeverLook> {
    if (lever === undefined || watchLever === undefined) return { status: 'ours' };
    return await lookAtLever(() => watchLever(lever), signal);
  }
}

function recover(verification: Verification): Progress {
  const parsed = progressSchema.safeParse(activityInfo().heartbeatDetails);
  // Absent at first; or written by another version: then verification begins anew, which is slower and never wrong.
  if (!parsed.success || parsed.data.state.worseRuns.length !== verification.neighbours.length) {
    return { state: initialState(verification), actedAt: null, spentMs: 0, observed: null };
  }
  return { ...parsed.data, state: interrupted(parsed.data.state) };
}

function isAway({ objective }: Reading): boolean {
  return objective?.status === 'unknown' && objective.reason === UnknownReason.Unavailable;
}

function isUnavailable(error: unknown): boolean {
  return error instanceof MendloopError && error.type === 'PrometheusUnavailable';
}
