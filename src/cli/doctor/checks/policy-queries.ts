import { type Check, failed, ok, skipped } from '../check.ts';
import { isPlanned } from '../../../domain/decision/is-planned.ts';
import { type AskedQuery, faultOfQuery, queriesOf } from '../judge-query.ts';

export const policyQueries: Check = {
  code: 'policy-queries',
  category: 'prometheus',
  description: 'Every query of the plans that policy makes has fresh series with the labels that it asks for.',
  severity: 'warning',
  deadlineSeconds: 120,
  beforeInstall: false,
  needs: ['policy-loaded', 'prometheus-reachable'],
  async run(world) {
    const { answers } = await world.answered();
    const asked = new Map<string, AskedQuery>();
    for (const { labels, decision } of answers) {
      if (!isPlanned(decision)) continue;
      for (const query of queriesOf(decision, labels)) asked.set(JSON.stringify(query.query), query);
    }
    if (asked.size === 0) return skipped('policy makes no plan of the alerts that this Prometheus can raise');
    const faults = await Promise.all([...asked.values()].map((query) => faultOfQuery(world.prometheus(), query)));
    const found = faults.filter((fault) => fault !== undefined);
    return found.length === 0
      ? ok(`all ${asked.size}`)
      : failed(`${found.length} of ${asked.size} could not be judged now`, found);
  },
};
