import { ageText } from './age-text.ts';
import type { StepResult } from './compose-diagnosis.ts';

/** What of any object is looked at. */
export interface DiagnosedObject {
  readonly metadata?: {
    readonly generation?: number;
    readonly deletionTimestamp?: unknown;
  };
  readonly spec?: object;
  readonly status?: object;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: unknown;
}

const MAX_CONDITIONS = 10;
const MAX_NUMBERS = 12;

/** Its conditions and counts, as `kubectl describe` shows them. */
export function describeStatus({ metadata, spec, status }: DiagnosedObject, now: number): StepResult {
  const { conditions: found, ...others } = (status ?? {}) as { readonly conditions?: unknown };
  const conditions = Array.isArray(found) ? (found as Condition[]) : [];
  const numbers = [
    ...numbersOf(spec, ['replicas', 'minReplicas', 'maxReplicas', 'parallelism', 'completions']),
    ...numbersOf(others),
  ];
  return {
    lines: [
      ...(metadata?.deletionTimestamp === undefined ? [] : ['it is being deleted']),
      ...(numbers.length === 0 ? [] : [numbers.slice(0, MAX_NUMBERS).join(', ')]),
      ...conditions.slice(0, MAX_CONDITIONS).map((condition) => conditionText(condition, now)),
    ],
    findings: conditions
      .filter(isComplaint)
      .map((condition) => conditionText(condition, now))
      .slice(0, 2),
  };
}

function conditionText({ type, status, reason, message, lastTransitionTime }: Condition, now: number): string {
  const since = ageText(lastTransitionTime, now);
  const why = [reason, message].filter((text) => text !== undefined && text !== '').join(': ');
  return `${type} is ${status}${since === undefined ? '' : `, since ${since}`}${why === '' ? '' : `; ${why}`}`;
}

/** Of conditions that say so only when something is wrong. */
function isComplaint({ type, status }: Condition): boolean {
  if (status === 'True') return /Failure|Failed|Pressure|Unavailable|ScalingLimited$/.test(type);
  return status === 'False' && /^(Available|Progressing|Ready|AbleToScale|ScalingActive)$/.test(type);
}

function numbersOf(from: object | undefined, only?: readonly string[]): string[] {
  return Object.entries(from ?? {}).flatMap(([key, value]) =>
    typeof value === 'number' && (only === undefined || only.includes(key)) ? [`${key} ${value}`] : [],
  );
}
