import type { Neighbour, Objective, Verification } from '../plan/verification-clause.ts';
import type { Sample } from './measurement.ts';
import type { Reading } from './verification-state.ts';

type Proof = Pick<Verification, 'objective' | 'conditions' | 'probes'>;

/** Whether all that is named holds: what could not be looked at does not. */
export function isProven(proof: Proof, { objective, checks = [] }: Reading): boolean {
  const wanted = proof.conditions.length + proof.probes.length;
  if (proof.objective === undefined && wanted === 0) return false;
  if (proof.objective !== undefined && !isGood(objective, proof.objective)) return false;
  return checks.length === wanted && checks.every(({ status }) => status === 'holds');
}

/** Whether something that is named was looked at, and does not hold. */
export function isDisproven(proof: Proof, { objective, checks = [] }: Reading): boolean {
  const isBad = proof.objective !== undefined && objective?.status === 'known' && !isGood(objective, proof.objective);
  return isBad || checks.some(({ status }) => status === 'fails');
}

/** Whether the objective holds. Unknown is not good. */
export function isGood(sample: Sample | undefined, { comparison, threshold }: Objective): boolean {
  if (sample?.status !== 'known') return false;
  switch (comparison) {
    case '<':
      return sample.value < threshold;
    case '<=':
      return sample.value <= threshold;
    case '>':
      return sample.value > threshold;
    case '>=':
      return sample.value >= threshold;
  }
}

/** Whether a neighbour is worse than its own baseline, beyond its tolerance and beyond noise. */
export function isWorse(neighbour: Neighbour, before: Sample | undefined, now: Sample | undefined): boolean {
  if (before?.status !== 'known' || now?.status !== 'known') return false;
  const loss = neighbour.better === 'lower' ? now.value - before.value : before.value - now.value;
  return loss > Math.abs(before.value) * neighbour.tolerance && loss > neighbour.minChange;
}

/** A neighbour that could be measured before the act must be seen to be well after it; another cannot be judged. */
export function isWell(neighbour: Neighbour, before: Sample | undefined, now: Sample | undefined): boolean {
  if (before?.status !== 'known') return true;
  return now?.status === 'known' && !isWorse(neighbour, before, now);
}

/** The worse of the worst value so far and a sample; null while none is known. */
export function worseOf(worst: number | null, sample: Sample, { comparison }: Objective): number | null {
  if (sample.status !== 'known') return worst;
  if (worst === null) return sample.value;
  return comparison.startsWith('<') ? Math.max(worst, sample.value) : Math.min(worst, sample.value);
}
