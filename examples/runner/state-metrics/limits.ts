import { parseQuantity } from '../../../src/domain/cost/quantity.ts';
import { conditions, type Family, gauge, named, type Resource } from './family.ts';

const hpa = named('horizontalpodautoscaler');
const pdb = named('poddisruptionbudget');
const claim = named('persistentvolumeclaim');

const budget = (metric: string, field: string): Family =>
  gauge(`kube_poddisruptionbudget_status_${metric}`, pdb, ({ status }) => status?.[field] ?? 0);

type Quantities = Readonly<Record<string, string>> | undefined;

/** What keeps others within bounds: autoscalers, disruption budgets, quotas, claims. */
export const limits: readonly Resource[] = [
  {
    path: '/apis/autoscaling/v2/horizontalpodautoscalers',
    families: [
      gauge('kube_horizontalpodautoscaler_spec_min_replicas', hpa, ({ spec }) => spec?.['minReplicas'] ?? 1),
      gauge('kube_horizontalpodautoscaler_spec_max_replicas', hpa, ({ spec }) => spec?.['maxReplicas']),
      gauge('kube_horizontalpodautoscaler_status_current_replicas', hpa, ({ status }) => status?.['currentReplicas']),
      gauge('kube_horizontalpodautoscaler_status_desired_replicas', hpa, ({ status }) => status?.['desiredReplicas']),
      conditions('kube_horizontalpodautoscaler_status_condition', hpa),
    ],
  },
  {
    path: '/apis/policy/v1/poddisruptionbudgets',
    families: [
      budget('current_healthy', 'currentHealthy'),
      budget('desired_healthy', 'desiredHealthy'),
      budget('expected_pods', 'expectedPods'),
      budget('pod_disruptions_allowed', 'disruptionsAllowed'),
    ],
  },
  {
    path: '/api/v1/resourcequotas',
    families: [
      {
        ...{ name: 'kube_resourcequota', type: 'gauge' },
        samplesOf: (quota) =>
          (['hard', 'used'] as const).flatMap((type) =>
            Object.entries((quota.status?.[type] as Quantities) ?? {}).map(([resource, quantity]) => ({
              labels: { ...named('resourcequota')(quota), resource, type },
              value: parseQuantity(quantity),
            })),
          ),
      },
    ],
  },
  {
    path: '/api/v1/persistentvolumeclaims',
    families: [
      {
        ...{ name: 'kube_persistentvolumeclaim_status_phase', type: 'gauge' },
        samplesOf: (object) =>
          ['Pending', 'Bound', 'Lost'].map((phase) => ({
            labels: { ...claim(object), phase },
            value: Number(object.status?.['phase'] === phase),
          })),
      },
      gauge('kube_persistentvolumeclaim_resource_requests_storage_bytes', claim, ({ spec }) => {
        const asked = spec?.['resources'] as { readonly requests?: Quantities } | undefined;
        return asked?.requests?.['storage'] === undefined ? undefined : parseQuantity(asked.requests['storage']);
      }),
    ],
  },
];
