import { parseQuantity } from '../cost/quantity.ts';
import type { StepResult } from './compose-diagnosis.ts';

/** Source: Kubernetes API, `v1` ResourceQuota. */
export interface DiagnosedQuota {
  readonly metadata?: { readonly name?: string };
  readonly status?: { readonly hard?: Quantities; readonly used?: Quantities };
}

type Quantities = Readonly<Record<string, string>>;

/** Share of a quota from which on it is told as the cause that it may be. */
const NEARLY = 0.9;

/** What of each quota is used, the fullest first. */
export function describeQuotas(quotas: readonly DiagnosedQuota[]): StepResult {
  const rows = quotas
    .flatMap(({ metadata, status }) =>
      Object.entries(status?.hard ?? {}).map(([resource, hard]) => {
        const used = status?.used?.[resource] ?? '0';
        return { text: `${metadata?.name ?? ''}: ${used} of ${hard} ${resource} used`, share: shareOf(used, hard) };
      }),
    )
    .toSorted((one, other) => other.share - one.share);
  return {
    lines: rows.map(({ text }) => text),
    findings: rows
      .filter(({ share }) => share >= NEARLY)
      .slice(0, 2)
      .map(({ text }) => `Quota ${text}`),
  };
}

function shareOf(used: string, hard: string): number {
  const share = parseQuantity(used) / parseQuantity(hard);
  return Number.isFinite(share) ? share : 0;
}
