import type { Check } from '../check.ts';
import { alertmanagerInhibition } from './alertmanager-inhibition.ts';
import { alertmanagerReachable } from './alertmanager-reachable.ts';
import { alertmanagerRoute } from './alertmanager-route.ts';
import { alertmanagerToken } from './alertmanager-token.ts';
import { apiReady } from './api-ready.ts';
import { clock } from './clock.ts';
import { kubernetesReachable } from './kubernetes-reachable.ts';
import { permissionsAct } from './permissions-act.ts';
import { permissionsRead } from './permissions-read.ts';
import { policyAnswers } from './policy-answers.ts';
import { policyLoaded } from './policy-loaded.ts';
import { policyQueries } from './policy-queries.ts';
import { prometheusReachable } from './prometheus-reachable.ts';
import { secrets } from './secrets.ts';
import { settings } from './settings.ts';
import { storeReachable } from './store-reachable.ts';
import { storeSchema } from './store-schema.ts';
import { syntheticAlert } from './synthetic-alert.ts';
import { temporalAttributes } from './temporal-attributes.ts';
import { temporalCurrentVersion } from './temporal-current-version.ts';
import { temporalNamespace } from './temporal-namespace.ts';
import { temporalReachable } from './temporal-reachable.ts';
import { temporalRetention } from './temporal-retention.ts';
import { temporalVersion } from './temporal-version.ts';
import { temporalWorkers } from './temporal-workers.ts';

/** Every file beside this one, in the order in which they are asked and told. */
export const CHECKS: readonly Check[] = [
  settings,
  secrets,
  temporalReachable,
  temporalVersion,
  temporalNamespace,
  temporalRetention,
  temporalAttributes,
  temporalWorkers,
  temporalCurrentVersion,
  storeReachable,
  storeSchema,
  kubernetesReachable,
  permissionsRead,
  permissionsAct,
  policyLoaded,
  prometheusReachable,
  policyAnswers,
  policyQueries,
  alertmanagerReachable,
  alertmanagerRoute,
  alertmanagerInhibition,
  alertmanagerToken,
  clock,
  apiReady,
  syntheticAlert,
];
