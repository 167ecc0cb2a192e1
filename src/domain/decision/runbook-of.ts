import type { Decision } from '../decision.ts';

/** Where a decision sends people to read, if anywhere; it may be what the alert itself says. */
export function runbookOf(decision: Decision | undefined): string | undefined {
  switch (decision?.verdict) {
    case 'plan':
    case 'observe':
      return decision.plan.runbookUrl;
    case 'human':
      return decision.runbookUrl;
    case 'reject':
    case undefined:
      return undefined;
  }
}
