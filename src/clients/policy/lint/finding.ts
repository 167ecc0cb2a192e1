/** What is looked for; docs/policy.md says of each what it means. */
export const checks = [
  'data',
  'opa-check',
  'opa-fmt',
  'opa-eval',
  'regal',
  'builtin',
  'example',
  'answer',
  'wants',
  'mode',
  'alert',
  'query',
  'provable',
  'slo',
  'compensation',
  'budget',
  'runbook',
] as const;
export type Check = (typeof checks)[number];

/** Where something stands. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface Finding {
  /** Only errors make the policy unfit. */
  readonly severity: 'error' | 'warning';
  readonly check: Check;
  /** The rule it is about, as decisions name it; absent where it is about none. */
  readonly rule?: string;
  readonly place?: Place;
  readonly message: string;
}
