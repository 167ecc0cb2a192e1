import { formatQuantity } from '../cost/quantity.ts';
import type { StepResult } from './compose-diagnosis.ts';

/** What one Pod uses now. */
export interface PodUsage {
  readonly pod: string;
  /** Cores; undefined where it is not known. */
  readonly cpu?: number;
  /** Bytes. */
  readonly memory?: number;
}

const MAX_EACH = 4;

/** Those that use most of either, as `kubectl top` shows them; `by`: who says so. */
export function describeConsumers(usages: readonly PodUsage[], by: string): StepResult {
  const most = (of: 'cpu' | 'memory') =>
    usages
      .filter((usage) => usage[of] !== undefined)
      .toSorted((one, other) => (other[of] ?? 0) - (one[of] ?? 0))
      .slice(0, MAX_EACH);
  const cpu = most('cpu').map(({ pod, cpu: cores = 0 }) => `${pod} ${cores.toFixed(3)} cores`);
  const memory = most('memory').map(({ pod, memory: bytes = 0 }) => `${pod} ${inMi(bytes)}`);
  return {
    lines: [
      ...(cpu.length === 0 ? [] : [`CPU, by ${by}: ${cpu.join(', ')}`]),
      ...(memory.length === 0 ? [] : [`memory, by ${by}: ${memory.join(', ')}`]),
    ],
  };
}

const MEBI = 1024 ** 2;

function inMi(bytes: number): string {
  return formatQuantity(Math.round(bytes / MEBI) * MEBI, 'Mi');
}
