import type { Progress, ServerBinary } from '../dev/stack/index.ts';
import type { World } from './world/world.ts';

/** One line of the table and of the report. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  /** Of `value` and `floor`: `ms`, `alerts/s`. */
  readonly unit: string;
  /** What is possible at best, measured beside it in the same run; null for a floor itself. */
  readonly floor: number | null;
  /** `value / floor`. */
  readonly ratio: number | null;
  /** How many samples, or how many things in a rate. */
  readonly n: number;
}

/** What a benchmark found. */
export interface Findings {
  readonly measurements: readonly Measurement[];
  /** Sentences for the reader of the table. */
  readonly notes: readonly string[];
}

export interface BenchContext {
  /** Temporal, a Kubernetes control plane, Prometheus, and Mendloop as `mendloop up` runs it. Shared by all. */
  readonly world: World;
  /** Undefined where it could not be had. */
  readonly kubectl: ServerBinary | undefined;
  /** Samples of each contestant. */
  readonly iterations: number;
  readonly progress: Progress;
}

/** A module of `bench/benchmarks`, listed in its `index.ts`. */
export interface Benchmark {
  /** For `--only`. */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  run(context: BenchContext): Promise<Findings>;
}

/** A measurement with its ratio worked out. Without a floor it is one. */
export function measured(details: Omit<Measurement, 'floor' | 'ratio'> & { readonly floor?: number }): Measurement {
  const { name, value, unit, n, floor } = details;
  return { name, value, unit, floor: floor ?? null, ratio: floor === undefined ? null : value / floor, n };
}
