/** Amounts are whole millionths of the currency, so that sums of them compare as people expect: 0.1 + 0.2 is 0.3. */
const PER_UNIT = 1_000_000;

/** To the nearest millionth. */
export function rounded(amount: number): number {
  return Math.round(amount * PER_UNIT) / PER_UNIT;
}

/** Finite and not negative. */
export function isAmount(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

/** The amount, rounded; null if it is none, or too large to be rounded. */
export function known(amount: number): number | null {
  const result = rounded(amount);
  return isAmount(amount) && isAmount(result) ? result : null;
}

/** The sum in whole millionths: exact, in whatever order it is taken. */
export function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + Math.round(amount * PER_UNIT), 0) / PER_UNIT;
}

/** Decimals at which `added` does not read as zero, nor two different sums as the same: from 2 to 6. */
export function digitsToTell(added: number, projected: number, daily: number): number {
  const tells = (digits: number) =>
    (added === 0 || Number(added.toFixed(digits)) !== 0) &&
    (projected === daily || projected.toFixed(digits) !== daily.toFixed(digits));
  return [2, 3, 4, 5].find(tells) ?? 6;
}
