import type { AuditActivities } from './audit.ts';
import type { AuditKeepingActivities } from './audit-keeping.ts';
import type { CostActivities } from './cost.ts';
import type { EvidenceActivities } from './evidence.ts';
import type { GuardActivities } from './guards.ts';
import type { KubernetesActivities } from './kubernetes.ts';
import type { LeaseActivities } from './lease.ts';
import type { NotificationActivities } from './notifications.ts';
import type { PolicyActivities } from './policy.ts';
import type { PrometheusActivities } from './prometheus.ts';
import type { RemediationActivities } from './remediations.ts';
import type { SilenceActivities } from './silences.ts';

/** Every activity by its name, as the worker registers them and the workflows call them. */
export type Activities = PolicyActivities &
  KubernetesActivities &
  PrometheusActivities &
  EvidenceActivities &
  GuardActivities &
  LeaseActivities &
  AuditActivities &
  AuditKeepingActivities &
  CostActivities &
  NotificationActivities &
  RemediationActivities &
  SilenceActivities;
