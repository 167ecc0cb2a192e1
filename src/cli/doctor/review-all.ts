import { eachBounded } from '../../api/http/each-bounded.ts';
import { type AccessQuestion, describeQuestion, mayDo } from '../../clients/kubernetes/review-access.ts';
import { failed, ok, type Verdict } from './check.ts';
import type { World } from './world.ts';

const CONCURRENCY = 16;

/** Asks the API server of every permission whether this account has it. */
export async function reviewAll(world: World, questions: readonly AccessQuestion[]): Promise<Verdict> {
  const kubernetes = world.kubernetes();
  const refused = new Set<AccessQuestion>();
  await eachBounded(questions, CONCURRENCY, async (question) => {
    if (!(await mayDo(kubernetes, question))) refused.add(question);
  });
  const details = questions
    .filter((question) => refused.has(question))
    .map((one) => `may not ${describeQuestion(one)}`);
  return details.length === 0
    ? ok(`all ${questions.length} permissions`)
    : failed(`${details.length} of ${questions.length} permissions are missing`, details);
}
