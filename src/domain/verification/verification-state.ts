import { z } from 'zod';
import { type CheckLook, checkLookSchema } from './check.ts';
import { type Sample, UnknownReason } from './measurement.ts';
import type { Verification } from '../plan/verification-clause.ts';

/** Without the detail: what a crash loses of it is read anew. */
const sampleSchema = z.discriminatedUnion('status', [
  z.object({ at: z.number(), status: z.literal('known'), value: z.number() }),
  z.object({ at: z.number(), status: z.literal('unknown'), reason: z.enum(UnknownReason) }),
]) satisfies z.ZodType<Sample>;

const count = z.number().int().nonnegative();

/** All that verification remembers between samples: plain data, so that a heartbeat can carry it over a crash. */
export const verificationStateSchema = z.object({
  taken: count,
  /** Good looks in a row, up to now. */
  goodRun: count,
  /** For each neighbour, samples in a row that were worse than its baseline, up to now. */
  worseRuns: z.array(count),
  /** Looks since one was known and not good, that one included; null if none was. */
  sinceBad: count.nullable(),
  /** Worst known value of the objective; null if none was known. */
  worst: z.number().nullable(),
  /** The newest samples of the objective, oldest first. */
  samples: z.array(sampleSchema),
  /** What was read last, neighbours in the order of the plan. */
  latest: z
    .object({
      objective: sampleSchema.exactOptional(),
      checks: z.array(checkLookSchema).exactOptional(),
      neighbours: z.array(sampleSchema),
    })
    .nullable(),
});
type Stored = z.infer<typeof verificationStateSchema>;

export type VerificationState = Readonly<Omit<Stored, 'worseRuns' | 'samples' | 'latest'>> & {
  readonly worseRuns: readonly number[];
  readonly samples: readonly Sample[];
  readonly latest: Reading | null;
};

/** What was looked at in one tick; neighbours and checks in the order of the plan. */
export interface Reading {
  /** Absent where the plan has none. */
  readonly objective?: Sample;
  /** Conditions and probes; absent where the plan has none. */
  readonly checks?: readonly CheckLook[];
  readonly neighbours: readonly Sample[];
}

export function initialState({ neighbours }: Pick<Verification, 'neighbours'>): VerificationState {
  return {
    taken: 0,
    goodRun: 0,
    worseRuns: neighbours.map(() => 0),
    sinceBad: null,
    worst: null,
    samples: [],
    latest: null,
  };
}

/** The state after a while without a look: samples before and after are not in a row. */
export function interrupted(state: VerificationState): VerificationState {
  return { ...state, goodRun: 0, worseRuns: state.worseRuns.map(() => 0) };
}
