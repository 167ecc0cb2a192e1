import type { AdmissionActivities } from './admission.ts';
import type { ApplierActivities } from './appliers.ts';
import type { AuditActivities } from './audit.ts';
import type { AuditKeepingActivities } from './audit-keeping.ts';
import type { DiagnosisActivities } from './diagnosis/diagnose.ts';
import type { EffectActivities } from './effects.ts';
import type { EvidenceActivities } from './evidence.ts';
import type { LeaseActivities } from './lease.ts';
import type { NotificationActivities } from './notifications.ts';
import type { OrderActivities } from './orders.ts';
import type { PolicyActivities } from './policy.ts';
import type { PrepareActivities } from './prepare.ts';
import type { PrometheusActivities } from './prometheus.ts';
import type { RemediationActivities } from './remediations.ts';
import type { SilenceActivities } from './silences.ts';
import type { SweepActivities } from './sweep.ts';

/** Every activity by its name, as the worker registers them and the workflows call them. */
export type Activities = PolicyActivities &
  PrepareActivities &
  AdmissionActivities &
  EffectActivities &
  ApplierActivities &
  PrometheusActivities &
  EvidenceActivities &
  DiagnosisActivities &
  LeaseActivities &
  AuditActivities &
  AuditKeepingActivities &
  NotificationActivities &
  OrderActivities &
  RemediationActivities &
  SilenceActivities &
  SweepActivities;
