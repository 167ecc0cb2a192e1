import { isPlanned } from '../../../domain/decision/is-planned.ts';
import { modeOf } from '../../../domain/decision/mode-of.ts';
import { type Check, failed, ok } from '../check.ts';

export const policyAnswers: Check = {
  code: 'policy-answers',
  category: 'prometheus',
  description: 'Policy answers some of the alerting rules that this Prometheus evaluates.',
  severity: 'warning',
  deadlineSeconds: 60,
  beforeInstall: false,
  needs: ['policy-loaded', 'prometheus-reachable'],
  async run(world) {
    const { rules, answers } = await world.answered();
    if (rules === 0) return failed('this Prometheus evaluates no alerting rules');
    const plans = answers.flatMap(({ decision }) => (isPlanned(decision) ? [modeOf(decision).mode] : []));
    const text = `${rules} alerting rules: ${plans.length} plans, ${answers.length - plans.length} for a human`;
    if (plans.length === 0) return failed(`${text}; whatever happens, nothing would be healed`);
    const modes = [...new Set(plans)].map((mode) => `${plans.filter((one) => one === mode).length} in mode ${mode}`);
    return ok(`${text} (${modes.join(', ')})`);
  },
};
