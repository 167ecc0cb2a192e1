import type { CostActivities } from './cost.ts';
import type { KubernetesActivities } from './kubernetes.ts';
import type { NotificationActivities } from './notifications.ts';
import type { PolicyActivities } from './policy.ts';
import type { PrometheusActivities } from './prometheus.ts';

/** Every activity by its name, as the worker registers them and the workflows call them. */
export type Activities = PolicyActivities &
  KubernetesActivities &
  PrometheusActivities &
  CostActivities &
  NotificationActivities;
