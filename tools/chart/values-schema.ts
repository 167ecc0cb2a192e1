import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { configSchema } from '../../src/config/schema.ts';
import { ACTIONS } from '../../src/domain/actions/index.ts';
import { modes } from '../../src/domain/decision/mode.ts';
import { packageRoot } from '../../src/local/package-root.ts';

export const CHART = 'helm/mendloop';

/** Parts of an object that Kubernetes checks itself. */
const kubernetesObject = z.record(z.string(), z.unknown());
const kubernetesList = z.array(kubernetesObject);
const stringMap = z.record(z.string(), z.string());
const port = z.number().int().min(1).max(65_535);
const peerPort = z.union([port, z.string()]);
const duration = z.string().regex(/^([0-9]+(ms|[smhdwy]))*$/);

/** Which key of which Secret. An empty name: there is none. */
const secretKey = z.strictObject({ name: z.string(), key: z.string().min(1) }).partial();

const placement = {
  podLabels: stringMap,
  podAnnotations: stringMap,
  nodeSelector: stringMap,
  tolerations: kubernetesList,
  affinity: kubernetesObject,
  priorityClassName: z.string(),
  resources: kubernetesObject,
};

const part = z
  .strictObject({
    replicas: z.number().int().min(0).nullable(),
    podDisruptionBudget: z.boolean(),
    topologySpreadConstraints: kubernetesList,
    ...placement,
  })
  .partial();

/** The parts of a worker's rollout; what Temporal's controller takes is checked by its own kinds. */
const workerPart = part.extend({
  rollout: z.enum(['deployment', 'workerDeployment']).optional(),
  workerDeployment: z
    .strictObject({
      buildId: z.string().regex(/^([0-9a-f]{16})?$/),
      connection: z.string(),
      strategy: z.enum(['AllAtOnce', 'Progressive', 'Manual']),
      steps: z.array(
        z.strictObject({ rampPercentage: z.number().int().min(1).max(99), pauseDuration: duration.min(1) }),
      ),
      sunset: z.strictObject({ scaledownDelay: duration.min(1), deleteDelay: duration.min(1) }).partial(),
    })
    .partial()
    .optional(),
});

const mountable = z
  .strictObject({
    secret: z.string().min(1),
    configMap: z.string().min(1),
    parts: z.array(z.enum(['api', 'worker'])).min(1),
  })
  .partial();

const user = z.strictObject({
  name: z.string().min(1).max(120),
  roles: z.array(z.string().min(1)).min(1),
  tokenSecret: z.strictObject({ name: z.string().min(1), key: z.string().min(1) }),
});

/** One of the tools that apply objects out of Git. */
const gitOpsTool = { enabled: z.boolean(), namespaces: z.array(z.string().min(1)).min(1), suspend: z.boolean() };

const removed = z
  .array(z.object({ path: z.string(), advice: z.string() }))
  .parse(parse(readFileSync(join(packageRoot(), CHART, 'files/removed-values.yaml'), 'utf8')));

/**
 * The values of the chart: every key is known, and every key may be left out. Names of the roots of removed values are
 * let through, so that the chart can say what to do instead.
 */
export const valuesSchema = z
  .strictObject({
    /** Helm's own. */
    global: kubernetesObject,
    enabled: z.boolean(),
    mode: z.enum(['standalone', 'distributed']),
    nameOverride: z.string(),
    fullnameOverride: z.string(),
    commonLabels: stringMap,
    image: z
      .strictObject({
        repository: z.string().min(1),
        tag: z.string(),
        digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/),
        pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
      })
      .partial(),
    imagePullSecrets: z.array(z.strictObject({ name: z.string().min(1) })),
    config: configSchema,
    remediation: z.strictObject({ mode: z.enum(['', ...modes]) }).partial(),
    webhook: z.strictObject({ tokenSecret: secretKey, insecure: z.boolean() }).partial(),
    users: z.array(user).max(200),
    links: z.strictObject({ publicUrl: z.string(), secret: secretKey }).partial(),
    audit: z
      .strictObject({
        signingKeySecret: secretKey,
        prune: z.enum(['worker', 'apart']),
        pruneJob: z
          .strictObject({
            schedule: z.string().min(1),
            timeZone: z.string().min(1),
            publicKeysSecret: z.strictObject({ name: z.string(), keys: z.array(z.string().min(1)).min(1) }).partial(),
            historyLimit: z.number().int().min(0),
            serviceAccountAnnotations: stringMap,
            ...placement,
          })
          .partial(),
      })
      .partial(),
    orders: z.strictObject({ signingKeySecret: secretKey, publicKeysSecret: secretKey }).partial(),
    mounts: z.record(z.string().regex(/^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$/), mountable),
    env: kubernetesList,
    temporal: z
      .strictObject({
        address: z.string(),
        namespace: z.string().min(1),
        apiKeySecret: secretKey,
        tls: z
          .strictObject({
            enabled: z.boolean(),
            serverName: z.string(),
            caSecret: secretKey,
            clientSecret: z.strictObject({ name: z.string(), certKey: z.string(), keyKey: z.string() }).partial(),
          })
          .partial(),
      })
      .partial(),
    postgresql: z
      .strictObject({
        host: z.string(),
        port,
        database: z.string().min(1),
        user: z.string().min(1),
        passwordSecret: secretKey,
        retention: z.strictObject({ user: z.string(), passwordSecret: secretKey }).partial(),
        tls: z.strictObject({ enabled: z.boolean(), caSecret: secretKey }).partial(),
        maxConnections: z.number().int().min(1).max(100),
      })
      .partial(),
    setup: z
      .strictObject({
        schema: z.strictObject({ enabled: z.boolean(), user: z.string().min(1), passwordSecret: secretKey }).partial(),
        temporal: z
          .strictObject({ enabled: z.boolean(), retentionDays: z.number().int().min(1).max(24_000) })
          .partial(),
        deployCheck: z
          .strictObject({ enabled: z.boolean(), limit: z.number().int().min(1), resources: kubernetesObject })
          .partial(),
        annotations: stringMap,
        backoffLimit: z.number().int().min(0),
        ...placement,
      })
      .partial(),
    standalone: z
      .strictObject({
        persistence: z
          .strictObject({ size: z.string().min(1), storageClass: z.string(), annotations: stringMap })
          .partial(),
        ...placement,
      })
      .partial(),
    api: part,
    worker: workerPart,
    podSecurityContext: kubernetesObject,
    containerSecurityContext: kubernetesObject,
    preStopSeconds: z.number().int().min(1).max(300),
    service: z
      .strictObject({ type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']), port, annotations: stringMap })
      .partial(),
    ingress: z
      .strictObject({
        enabled: z.boolean(),
        className: z.string(),
        annotations: stringMap,
        host: z.string(),
        tlsSecretName: z.string(),
      })
      .partial(),
    serviceAccount: z.strictObject({ name: z.string(), annotations: stringMap }).partial(),
    rbac: z
      .strictObject({
        create: z.boolean(),
        actions: z.array(z.enum(Object.keys(ACTIONS))),
        optIn: z.enum(['list', 'label']),
        namespaces: z.array(z.string().min(1)),
        namespaceLabel: z.strictObject({ key: z.string().min(1), value: z.string().min(1) }).partial(),
        readEverywhere: z.boolean(),
      })
      .partial(),
    gitOps: z
      .strictObject({
        argocd: z.strictObject({ ...gitOpsTool, trackingLabel: z.string() }).partial(),
        flux: z.strictObject(gitOpsTool).partial(),
      })
      .partial(),
    diagnosis: z.strictObject({ enabled: z.boolean(), logs: z.boolean() }).partial(),
    admissionPolicy: z.strictObject({ enabled: z.boolean() }).partial(),
    networkPolicy: z
      .strictObject({
        enabled: z.boolean(),
        from: kubernetesList,
        egress: z
          .strictObject({
            enabled: z.boolean(),
            /** Never none: without the API server nothing can be undone. */
            apiServerPorts: z.array(peerPort).min(1),
            ports: z.array(peerPort),
            extra: kubernetesList,
          })
          .partial(),
      })
      .partial(),
    monitoring: z
      .strictObject({
        renderMode: z.enum(['skipIfMissing', 'failIfMissing', 'alwaysRender']),
        labels: stringMap,
        serviceMonitor: z
          .strictObject({
            enabled: z.boolean(),
            interval: duration,
            scrapeTimeout: duration,
            relabelings: kubernetesList,
            metricRelabelings: kubernetesList,
          })
          .partial(),
        rules: z.strictObject({ enabled: z.boolean(), remediation: z.boolean() }).partial(),
        dashboards: z
          .strictObject({ enabled: z.boolean(), labels: stringMap, annotations: stringMap, namespace: z.string() })
          .partial(),
        alertmanagerConfig: z
          .strictObject({
            enabled: z.boolean(),
            namespace: z.string(),
            labels: stringMap,
            matchers: z.array(
              z.strictObject({
                name: z.string().min(1),
                matchType: z.enum(['=', '!=', '=~', '!~']),
                value: z.string(),
              }),
            ),
            groupInterval: duration.min(1),
            repeatInterval: duration.min(1),
          })
          .partial(),
      })
      .partial(),
    extraObjects: z.array(z.union([kubernetesObject, z.string()])),
  })
  .partial()
  .extend(Object.fromEntries(removed.map(({ path }) => [path.split('.', 1)[0] ?? path, z.unknown().optional()])));
