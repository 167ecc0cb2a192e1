import { MODE_FLAG } from '../../domain/decision/mode-flag.ts';
import { formatScorecards } from './format-scorecards.ts';
import type { PlannedPromotion } from './plan-promotion.ts';

/** What `mendloop promote` says to people. `file` is the flag file, `written` whether it was changed. */
export function formatPromotion(
  plan: PlannedPromotion,
  { file, written }: { file?: string; written: boolean },
): string {
  const { rule, from, missing, scorecard, change } = plan;
  const lines = [
    scorecard === undefined ? `No remediation of ${rule} ended in this time.` : formatScorecards([scorecard]),
    '',
    `${rule}: ${from}${verdictOf(plan)}`,
    ...(plan.to === undefined ? [] : missing.map((text) => `  - ${text}`)),
  ];
  if (change === undefined) return lines.join('\n');
  const place =
    change.before === undefined
      ? 'new, behind all other branches (but before a last value without a condition):'
      : `the value of the branch that is there, in place of ${JSON.stringify(change.before)}:`;
  lines.push(
    '',
    `${written ? 'Changed' : 'The change to'} ${file ?? 'a new flag file'}: flag ${MODE_FLAG}, in "targeting": { "if": [ ... ] },`,
    place,
    '',
    `  ${JSON.stringify(change.branch.condition)},`,
    `  ${JSON.stringify(change.branch.value)}`,
  );
  if (!written && file !== undefined) lines.push('', `--write ${file} makes it.`);
  if (file === undefined)
    lines.push('', 'The settings name no flag file (flags.provider: file): --write FILE makes one.');
  return lines.join('\n');
}

function verdictOf({ to, enough }: PlannedPromotion): string {
  if (to === undefined) return ', the last stage: there is none further to go to';
  return ` -> ${to}: ${enough ? 'the evidence is enough' : 'not enough evidence'}`;
}
