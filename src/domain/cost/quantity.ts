const FACTOR: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  Pi: 1024 ** 5,
  Ei: 1024 ** 6,
};

/**
 * The number that a Kubernetes quantity stands for: cores for CPU, bytes for memory. NaN for what is no quantity.
 * Source: `k8s.io/apimachinery/pkg/api/resource`. (The client library's own parser refuses `1.5Gi`.)
 */
export function parseQuantity(text: string): number {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) return NaN;
  const [, digits, suffix = '', exponent = '0'] = match;
  return Number(digits) * (FACTOR[suffix] ?? NaN) * 10 ** Number(exponent);
}

/**
 * A quantity of that value, in the unit of another one where that leaves a whole number: `60Gi` beside `50Gi`. Thousandths
 * are the finest; what is finer is rounded up.
 */
export function formatQuantity(value: number, like: string): string {
  const suffix = /[A-Za-z]+$/.exec(like)?.[0] ?? '';
  const factor = FACTOR[suffix];
  if (factor !== undefined && factor >= 1) {
    const count = value / factor;
    if (Number.isInteger(count)) return `${count}${suffix}`;
  }
  return Number.isInteger(value) ? String(value) : `${Math.ceil(value * 1000 - 1e-6)}m`;
}
