import type { Samples } from './read-samples.ts';

type Slo = Samples['slos'][string];

/** How an objective's unit is held against an SLO: what the SLO says of it, and how many of the unit are one of the SLO's. */
const UNITS: Readonly<Record<string, { readonly per: number; readonly limitOf: (slo: Slo) => number | undefined }>> = {
  s: { per: 1, limitOf: ({ latency }) => latency?.thresholdSeconds },
  ms: { per: 1000, limitOf: ({ latency }) => latency?.thresholdSeconds },
  ratio: { per: 1, limitOf: ({ errors }) => errors?.maxRatio },
  '%': { per: 100, limitOf: ({ errors }) => errors?.maxRatio },
};

/** Enough for any limit that a human writes, and too few for the error of a multiplication: 0.011 * 100 is not 1.1. */
const DIGITS = 12;

/** What an SLO allows at most, in an objective's unit; undefined if it says nothing of that unit. */
export function promised(slo: Slo, unit: string): number | undefined {
  const known = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  const limit = known?.limitOf(slo);
  return known === undefined || limit === undefined ? undefined : Number((limit * known.per).toPrecision(DIGITS));
}
