import type { Illness } from '../runner/contract.ts';
import { asExpected, deploymentPath, lookAtDeployment, release } from '../runner/workload.ts';

const REPORTS = { namespace: 'memory-limit', name: 'reports' };

export const illness: Illness = {
  story: 'the memory limit is too small for the work: it is raised by a step, up to a maximum',
  actions: ['set_resources'],
  fault: {
    text: 'Reports grow from 60,000 to 120,000 rows: more than the limit of 96Mi holds',
    bring: ({ cluster }) =>
      cluster.strategicPatch(
        deploymentPath(REPORTS.namespace, REPORTS.name),
        release({ env: [{ name: 'REPORT_ROWS', value: '120000' }] }),
      ),
  },
  expected: {
    outcome: 'remediated',
    action: 'set_resources',
    others: { count: 1, outcomes: ['joined'] },
    paged: false,
  },
  look: async ({ cluster }) => {
    const { env, limits, pods, isReady } = await lookAtDeployment(cluster, REPORTS);
    const rows = env['REPORT_ROWS'];
    return asExpected(
      limits['memory'] === '144Mi' && rows === '120000' && isReady,
      `the limit is ${limits['memory']} for ${rows} rows, ${pods}`,
    );
  },
};
