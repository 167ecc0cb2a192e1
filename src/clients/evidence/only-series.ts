import { EvidenceGap } from '../../domain/evidence/evidence-report.ts';

/** The finite values of the one series of a range; none for no series; a gap where there are several. */
export function onlySeries(
  result: readonly { readonly values: readonly { readonly value: number }[] }[],
): number[] | EvidenceGap {
  if (result.length > 1) return EvidenceGap.ManySeries;
  return (result[0]?.values ?? []).map(({ value }) => value).filter(Number.isFinite);
}

/** Ranges that were read one by one as one past; the first gap among them stands for all. */
export function joinRanges(parts: readonly (readonly number[] | EvidenceGap)[]): readonly number[] | EvidenceGap {
  const values: number[] = [];
  for (const part of parts) {
    if (typeof part === 'string') return part;
    values.push(...part);
  }
  return values;
}

/** With zeros for the moments that have no value. Their order does not matter to a median. */
export function padded(values: readonly number[], count: number): number[] {
  return [...values, ...Array.from({ length: Math.max(0, count - values.length) }, () => 0)];
}
