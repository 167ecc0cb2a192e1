import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { createActionEffects } from '../activities/actions/index.ts';
import { createAdmissionActivities, requestOf } from '../activities/admission.ts';
import { createApplierActivities } from '../activities/appliers.ts';
import { createAuditActivities } from '../activities/audit.ts';
import { createAuditKeepingActivities } from '../activities/audit-keeping.ts';
import { createDiagnosisActivities } from '../activities/diagnosis/diagnose.ts';
import { checkStanding, createEffectActivities } from '../activities/effects.ts';
import { earlierAct, earlierPrelude } from '../activities/earlier-act.ts';
import { createEvidenceActivities, evidenceOf } from '../activities/evidence.ts';
import type { Activities } from '../activities/index.ts';
import { createLeaseActivities } from '../activities/lease.ts';
import { createNotificationActivities, type WebUi } from '../activities/notifications.ts';
import { createAuthorize, createProtection } from '../activities/authorize.ts';
import { createOrderActivities } from '../activities/orders.ts';
import { createLookInGit } from '../activities/look-in-git.ts';
import { planChange, type PlanChangeParts } from '../activities/plan-change.ts';
import { createPolicyActivities } from '../activities/policy.ts';
import { createPreparation } from '../activities/preparation.ts';
import { createPrepareActivities } from '../activities/prepare.ts';
import { PreparedAhead } from '../activities/prepared-ahead.ts';
import { createLookAtChecks } from '../activities/look-at-checks.ts';
import { createPrometheusActivities } from '../activities/prometheus.ts';
import { createRemediationActivities } from '../activities/remediations.ts';
import { createSilenceActivities } from '../activities/silences.ts';
import { createSweepActivities } from '../activities/sweep.ts';
import { createAlertSource } from '../clients/confirm/create-alert-source.ts';
import { createCostSource } from '../clients/cost/create-cost-source.ts';
import { createJaegerClient } from '../clients/jaeger/jaeger-client.ts';
import { countWorkloads } from '../clients/kubernetes/count-workloads.ts';
import { keepWarm } from '../clients/kubernetes/keep-warm.ts';
import { createKubernetesClient } from '../clients/kubernetes/kubernetes-client.ts';
import { ListedPods } from '../clients/kubernetes/listed-pods.ts';
import { sumPodRequests } from '../clients/kubernetes/sum-pod-requests.ts';
import { workloadOfGonePod } from '../clients/kubernetes/workload-of-gone-pod.ts';
import type { LinkMaker } from '../clients/links/make-approval-links.ts';
import { createLokiClient } from '../clients/loki/loki-client.ts';
import { createPageHolder } from '../clients/notifications/alertmanager/page-holder.ts';
import { createChannels } from '../clients/notifications/channels.ts';
import { createOrderVerifier } from '../clients/orders/order-verifier.ts';
import type { PolicyEngine } from '../clients/policy/policy-engine.ts';
import { createProbeClient } from '../clients/probes/probe-client.ts';
import { createPrometheusClient } from '../clients/prometheus/prometheus-client.ts';
import { baselineOf, readVerification } from '../clients/prometheus/read-verification.ts';
import { cutOffActivities } from '../clients/temporal/cut-off-activities.ts';
import { readRecord } from '../clients/temporal/read-record.ts';
import type { Config } from '../config/schema.ts';
import { resolveSecret } from '../config/secret.ts';
import { STATUS_QUERY } from '../contract/remediation.ts';
import { createCalendar } from '../domain/windows/calendar.ts';
import { createNoticeRouter } from '../domain/notice/notice-routes.ts';
import type { RemediationStatus } from '../domain/remediation/remediation.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { StorePart } from './open-store.ts';
import { authorityOf } from './authority-of.ts';
import { type FlagsObserver, openFlags } from './open-flags.ts';
import { createResumeEnded } from './resume-ended.ts';
import { whichAreOpen } from './store-ports.ts';
import { remembered } from './remembered.ts';
import { selfCheck } from './self-check.ts';
import { sweepOnce } from './sweep-once.ts';

export { openPolicy } from './open-policy.ts';

export interface Composition {
  readonly activities: Activities;
  /** For an API in the same process: begins what a remediation that it starts will ask first. See `PreparedAhead`. */
  readonly ahead: Pick<PreparedAhead, 'foresee' | 'begin'>;
  /** See `selfCheck`; the workers have to run. */
  checkSelf(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface CompositionParts {
  readonly config: Config;
  readonly policy: PolicyEngine;
  readonly client: Client;
  /** `host:port`: what Mendloop rests on is never touched. */
  readonly temporalAddress?: string | undefined;
  readonly store: StorePart;
  readonly flagsObserver?: FlagsObserver | undefined;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** A namespace's size changes slowly; a storm asks for it hundreds of times. */
const COUNT_LASTS_MS = 10_000;
const DAY_MS = 86_400_000;

/** From settings to activities: the one place where clients of outside systems are made. */
export function compose(parts: CompositionParts): Composition {
  const { config, policy, client, store, metrics, logger, temporalAddress } = parts;
  const prometheus = createPrometheusClient(config.prometheus);
  const kubernetes = createKubernetesClient(config.kubernetes);
  const warm = keepWarm(kubernetes);
  const listedPods = new ListedPods();
  const costSource = createCostSource({
    settings: config.cost,
    listPodRequests: (scope) => sumPodRequests(kubernetes, scope, listedPods),
  });
  const channels = createChannels(config.notifications.channels);
  const route = createNoticeRouter(config.notifications.routes);
  const { holdPages } = config.notifications;
  const pageHolder = holdPages && createPageHolder(holdPages);
  const loki = config.loki && createLokiClient(config.loki);
  const jaeger = config.jaeger && createJaegerClient(config.jaeger);
  const flags = openFlags({ config, metrics, logger, observer: parts.flagsObserver });
  const source = createAlertSource({ settings: config, prometheus });
  const authority = authorityOf(config, { temporalAddress });
  const effects = createActionEffects({
    ...{ kubernetes, listedPods, protection: createProtection({ kubernetes, authority }) },
    jobServiceAccounts: authority.jobServiceAccounts,
  });
  const { gitOps } = config.targets;
  const { admission, incidents, audit } = store;
  const { cluster } = config.kubernetes;
  const planning: PlanChangeParts = {
    effects,
    authorize: createAuthorize({ kubernetes, authority }),
    lookInGit: createLookInGit({ kubernetes, terms: gitOps }),
    changes: (question) => admission.changes({ cluster, ...question }),
    workloadOfGonePod: (pod) => workloadOfGonePod(kubernetes, pod),
  };
  const ofOrders = createOrderActivities({ verifyOrder: createOrderVerifier(config.orders), audit, logger });

  const ofAdmission = createAdmissionActivities({
    ...{ admission, flags, metrics },
    calendar: createCalendar(config.windows),
    countWorkloads: remembered({
      read: (scope: { readonly namespace: string }) => countWorkloads(kubernetes, scope),
      key: ({ namespace }) => namespace,
      lastsMs: COUNT_LASTS_MS,
    }),
  });
  const ofEffects = createEffectActivities({
    planning,
    authority,
    kubernetes,
    metrics,
    logger,
    fence: ofAdmission.fence,
  });
  const lookAtChecks = createLookAtChecks({ kubernetes, probes: createProbeClient(config.probes) });
  const ofPrometheus = createPrometheusActivities({
    prometheus,
    lookAtChecks,
    awaitEffect: (request) => ofEffects.observeEffect(request),
    watchLever: (lever) => checkStanding(effects, lever),
  });
  const evidenceParts = { prometheus, ...(loki && { loki }), ...(jaeger && { jaeger }) };
  const ofEvidence = createEvidenceActivities(evidenceParts);
  const preparation = createPreparation({
    planChange: (request) => planChange(planning, request),
    source,
    gatherEvidence: ({ evidence }, signal) => evidenceOf(evidenceParts, { evidence, signal }),
    measureBaseline: async ({ verification }, signal) =>
      baselineOf(verification, await readVerification(prometheus, verification, { signal })),
    lookAtChecks,
    costSource,
    admit: ofAdmission.admit,
    foreseeAdmission: (input) => admission.foresee({ ...requestOf(input), audit: [] }),
  });
  const resumeEnded = createResumeEnded({ kubernetes, terms: gitOps, isOpen: whichAreOpen(client), logger });
  const ahead = new PreparedAhead({ preparation });
  return {
    ahead,
    activities: {
      ...createPolicyActivities({
        ...{ policy, cluster: config.kubernetes.cluster, metrics, flags },
        holdsPages: pageHolder !== undefined,
        audit,
      }),
      ...createPrepareActivities({
        ...{ preparation, ahead },
        verifyOrder: (question) => ofOrders.verifyOrder(question),
        findEarlierAct: async ({ fromRung, ...run }) => earlierAct(await cutOffActivities(client, run), fromRung),
        findEarlierPrelude: async (run) => earlierPrelude(await cutOffActivities(client, run)),
      }),
      ...ofAdmission,
      ...ofEffects,
      ...createApplierActivities({ kubernetes, authority, terms: gitOps, fence: ofAdmission.fence }),
      ...ofPrometheus,
      ...ofEvidence,
      ...createDiagnosisActivities({ kubernetes, prometheus, authority, settings: config.diagnosis }),
      ...createLeaseActivities({ prometheus }),
      ...createAuditActivities({ audit }),
      ...ofOrders,
      ...createAuditKeepingActivities({
        keeper: store.keeper,
        forgetIncidents: () => incidents.forget({ openedBefore: Date.now() - config.audit.retentionDays * DAY_MS }),
        ...{ metrics, logger },
      }),
      ...createNotificationActivities({
        channels,
        metrics,
        route,
        webUi: webUi(config, client),
        linkHosts: config.alerts.linkHosts,
        ...approvalLinks(config.api),
        report: {
          statusOf: (id) => statusOf(client, id),
          links: linkMaker(config.api),
          linkHosts: config.alerts.linkHosts,
          logger,
        },
      }),
      ...createRemediationActivities({ statusOf: (id) => statusOf(client, id) }),
      ...createSilenceActivities({ pageHolder }),
      ...createSweepActivities({
        sweep: (input) =>
          sweepOnce(
            {
              ...{ client, cluster: config.kubernetes.cluster, resumeEnded },
              ...{ admission, incidents, logger },
            },
            input,
          ),
      }),
    },
    checkSelf: (signal) => selfCheck({ kubernetes, prometheus, audit, logger, signal }),
    close: async () => {
      warm.stop();
      await Promise.all([
        prometheus.close(),
        loki?.close(),
        jaeger?.close(),
        flags?.close(),
        pageHolder?.close(),
        source.close(),
        costSource.close(),
        ...channels.map((channel) => channel.close()),
      ]);
    },
  };
}

/** Links exist where the settings have a secret for them, and an address. */
function linkMaker({ publicUrl, linkSecret }: Config['api']): (() => LinkMaker) | undefined {
  if (publicUrl === undefined || linkSecret === undefined) return undefined;
  return () => ({ publicUrl, secret: resolveSecret(linkSecret) });
}

function approvalLinks(api: Config['api']): { approvalLinks?: () => LinkMaker } {
  const maker = linkMaker(api);
  return maker === undefined ? {} : { approvalLinks: maker };
}

function statusOf(client: Client, workflowId: string): Promise<RemediationStatus | undefined> {
  return readRecord<RemediationStatus>(client, { workflowId, query: STATUS_QUERY });
}

function webUi({ temporal }: Config, client: Client): WebUi | undefined {
  return temporal.webUiUrl === undefined ? undefined : { url: temporal.webUiUrl, namespace: client.options.namespace };
}
