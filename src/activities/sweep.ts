import type { Remembered, SweepResult } from '../store/store.ts';
import { toApplicationFailure } from './failure.ts';

export type SweepActivities = ReturnType<typeof createSweepActivities>;

export interface SweepInput {
  /** What the last sweep gave: what Temporal remembers of the store. Absent: nothing yet. */
  readonly remembered?: Remembered;
}

export interface SweepParts {
  readonly sweep: (input: SweepInput) => Promise<SweepResult>;
}

/** What keeps the store going without a process that remembers. */
export function createSweepActivities({ sweep }: SweepParts) {
  return {
    /**
     * Wakes what is due, and frees what ended remediations hold; a store that was restored is made to agree with what
     * runs first. May run several times at once. Fails with `StoreUnavailable`, `TemporalUnavailable`.
     */
    async sweepStore(input: SweepInput = {}): Promise<SweepResult> {
      try {
        return await sweep(input);
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },
  };
}
