import { describe, expect, it } from 'vitest';
import { createAdmissionActivities } from '../../../src/activities/admission.ts';
import type { Target } from '../../../src/domain/target/target.ts';
import { anAlert } from '../../support/alerts.ts';
import { aPlan, aPlannedChange } from '../../support/plans.ts';
import { MemoryCluster } from './memory-cluster.ts';

/** Activities on a cluster of ten nodes, whose namespaces have ten workloads; a fifth may be changed at a time. */
function clusterOfTen(overLimit: 'wait' | 'suppress' = 'wait') {
  const cluster = new MemoryCluster({ overLimit, blastRadius: { percent: 20, windowSeconds: 600 } });
  const counted: string[] = [];
  const { admit } = createAdmissionActivities({
    admission: {
      admit: (request) => Promise.resolve(cluster.admit(request)),
      changes: () => Promise.resolve([]),
      fence: () => Promise.resolve({ open: true }),
      leave: () => Promise.resolve(),
    },
    countWorkloads: ({ namespace }) => {
      counted.push(namespace);
      return Promise.resolve(10);
    },
    metrics: { guardRefused: () => undefined },
  });
  const ask = (name: string, of: Partial<Target> = {}) => {
    const planned = aPlannedChange();
    const target = { ...planned.target, ...of, name };
    const decision = { rule: 'r', verdict: 'plan', mode: 'auto', policyRevision: '1' } as const;
    return admit({
      remediationId: name,
      alert: anAlert(),
      plan: aPlan(),
      decision,
      prepared: { planned: { ...planned, target } },
    });
  };
  return { ask, counted };
}

describe('workloads of a namespace', () => {
  it('are not counted for the first change in it', async () => {
    const { ask, counted } = clusterOfTen();
    expect(await ask('a')).toMatchObject({ status: 'granted' });
    expect(counted).toEqual([]);
  });

  it.each(['wait', 'suppress'] as const)(
    'are counted for the next ones, which then have their share: %s',
    async (over) => {
      const { ask, counted } = clusterOfTen(over);
      const answers = [await ask('a'), await ask('b'), await ask('c')];
      const put = over === 'wait' ? 'queued' : 'refused';
      expect(answers.map(({ status }) => status)).toEqual(['granted', 'granted', put]);
      expect(answers[2]).toMatchObject({
        text: expect.stringMatching(/^2 of 10 workloads in namespace \S+ have been changed/) as string,
      });
      expect(counted).toHaveLength(2);
    },
  );
});

it('changed nodes are counted against the nodes of the cluster', async () => {
  const { ask, counted } = clusterOfTen('suppress');
  const node = { kind: 'Node', namespace: '' };
  const answers = [await ask('a', node), await ask('b', node), await ask('c', node)];
  expect(answers.map(({ status }) => status)).toEqual(['granted', 'granted', 'refused']);
  expect(answers[2]).toMatchObject({
    text: '2 of 10 nodes of the cluster have been changed in 600 s; 20 % are allowed',
  });
  expect(counted).toEqual(['', '']);
});
