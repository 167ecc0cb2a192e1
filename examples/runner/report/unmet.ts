import { Outcome } from '../../../src/domain/remediation/outcome.ts';
import type { Expected } from '../contract.ts';
import type { ObservedRemediation } from '../observe/remediation-watch.ts';
import { actionOf } from './report.ts';

/** Every way in which the remediations of an illness did not end as they should; empty if they did. */
export function unmetExpectations(
  expected: Expected,
  run: { readonly remediations: readonly ObservedRemediation[]; readonly paged: boolean },
): readonly string[] {
  const unmet: string[] = [];
  const same = (what: string, is: unknown, should: unknown) => {
    if (is !== should) unmet.push(`${what} is ${String(is)}, should be ${String(should)}`);
  };
  const { remediations, paged } = run;
  const [first, others] = leaderFirst(remediations);
  const { count = 0, atLeast = count } = expected.others ?? {};
  if (remediations.length < 1 + atLeast || remediations.length > 1 + count) {
    same(
      'the number of remediations',
      remediations.length,
      `${1 + atLeast}${atLeast === count ? '' : ` to ${1 + count}`}`,
    );
  }
  if (first !== undefined) {
    same('the outcome', first.result.outcome, expected.outcome);
    same('what was done', actionOf(first), expected.action ?? null);
    const faults = [expected.fault ?? null].flat();
    const fault = first.result.fault?.type ?? null;
    if (!faults.includes(fault)) same('the fault', fault, faults.map(String).join(' or '));
    const { summary, diagnosis } = first.result;
    const told = [summary, ...(diagnosis?.sections ?? []).flatMap(({ lines }) => lines)].join('\n');
    if (expected.tells?.test(told) === false)
      unmet.push(`the human is not told ${String(expected.tells)}, but: ${told}`);
  }
  const { outcomes = [] } = expected.others ?? {};
  for (const { result, workflowId } of others) {
    if (outcomes.includes(result.outcome)) continue;
    same(`the outcome of ${workflowId}`, `${result.outcome} (${result.summary})`, outcomes.join(' or '));
  }
  same('the on-call paged', paged, expected.paged);
  return unmet;
}

/** The one that acted, or else the oldest that joined no other; and the others. */
export function leaderFirst(
  remediations: readonly ObservedRemediation[],
): readonly [ObservedRemediation | undefined, readonly ObservedRemediation[]] {
  const leader =
    remediations.find((one) => actionOf(one) !== null) ??
    remediations.find(({ result }) => result.outcome !== Outcome.Joined) ??
    remediations[0];
  return [leader, remediations.filter((one) => one !== leader)];
}
