import type { ActionTable, Here, Subject } from '../action-table.ts';
import { AT_ONCE } from '../node-subject.ts';
import { arrangeObject } from '../object-subject.ts';
import { APP, arrangeWorkload, type TriedKind } from '../workload-subject.ts';

async function autoscaler(here: Here, kind: TriedKind): Promise<Subject> {
  await arrangeWorkload(here, { kind, replicas: 1 });
  const { patch, ...hands } = await arrangeObject(here, {
    kind: 'HorizontalPodAutoscaler',
    path: `/apis/autoscaling/v2/namespaces/${here.namespace}/horizontalpodautoscalers`,
    // It stands at its maximum.
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind, name: APP }, minReplicas: 1, maxReplicas: 1 },
    status: { currentReplicas: 1, desiredReplicas: 1, conditions: [] },
    look: ({ spec }: { spec: { maxReplicas: number } }) => spec.maxReplicas,
  });
  return {
    ...hands,
    parameters: { add: 2, max: 5 },
    wanted: () => patch({ maxReplicas: 3 }),
    moved: () => patch({ maxReplicas: 4 }),
    revert: () => patch({ maxReplicas: 1 }),
  };
}

export const table: ActionTable = {
  action: 'raise_hpa_max',
  subjects: { 'an autoscaler': (here) => autoscaler(here, 'Deployment') },
  reaches: {
    'an autoscaler of a StatefulSet': (here) => autoscaler(here, 'StatefulSet'),
    'an autoscaler of a ReplicaSet': (here) => autoscaler(here, 'ReplicaSet'),
  },
  notMeant: {
    cancel: AT_ONCE,
    alreadyDone: 'a step counts from where the maximum stands: what another hand has raised may be raised further',
  },
};
