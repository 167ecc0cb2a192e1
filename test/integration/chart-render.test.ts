import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { ensureServers, terminalProgress } from '../../dev/stack/index.ts';
import { checkSecrets, type Part, secretsOf } from '../../src/config/check-secrets.ts';
import { ConfigError } from '../../src/config/config-error.ts';
import { type Config, configSchema } from '../../src/config/schema.ts';
import { readFlags } from '../../src/clients/flags/flag-file.ts';
import { CI_VALUES, ciValues } from '../support/chart/ci-values.ts';
import { at, CHART_FOLDER, type Helm, type Manifest, pick, startHelm } from '../support/chart/helm.ts';

let helm: Helm;
beforeAll(async () => {
  helm = await startHelm();
});
afterAll(() => helm.close());

const distributed = () => ({ files: [ciValues('distributed')] });
const everything = () => ({ files: [ciValues('distributed-everything')] });
const refusal = (options: Parameters<Helm['render']>[0]): Promise<string> =>
  helm.render(options).then(
    () => 'rendered',
    (error: unknown) => String(error),
  );

/** The Pods that a set of objects makes. */
function podsOf(manifests: readonly Manifest[]): { name: string; spec: unknown; labels: unknown }[] {
  return manifests
    .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job', 'Pod'].includes(kind))
    .map((manifest) => {
      const { kind, metadata } = manifest;
      const path = kind === 'Pod' ? '' : 'spec.template.';
      const name = `${kind}/${metadata.name}`;
      return { name, spec: at(manifest, `${path}spec`), labels: at(manifest, `${path}metadata.labels`) };
    });
}

/** Names of a Pod's volumes. */
function volumesOf(spec: unknown): string[] {
  return (at(spec, 'volumes') as { name: string }[]).map(({ name }) => name);
}

interface Volume {
  readonly name: string;
  readonly secret?: { readonly items?: readonly { readonly path: string }[] };
}

/** Whether a Pod's container finds a file there, as far as its Secrets and ConfigMaps say which files they have. */
function isMounted(spec: unknown, file: string): boolean {
  const volumes = at(spec, 'volumes') as Volume[];
  const mounts = at(spec, 'containers.0.volumeMounts') as { name: string; mountPath: string }[];
  return mounts.some(({ name, mountPath }) => {
    const items = volumes.find((volume) => volume.name === name)?.secret?.items;
    return items?.some(({ path }) => `${mountPath}/${path}` === file) ?? file.startsWith(`${mountPath}/`);
  });
}

/** The files that a part must be able to read when it starts: none of them is where the tests run. */
function filesAtStart(settings: Config, part: Part): string[] {
  try {
    checkSecrets(settings, { env: {}, within: secretsOf(part) });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ key, message }) => /\/etc\/mendloop\/\S+/.exec(message)?.[0] ?? `${key}: ${message}`);
  }
}

/** One entry of a ConfigMap. */
function entryOf(manifests: readonly Manifest[], name: string, key: string): string {
  const data = at(pick(manifests, 'ConfigMap', name), 'data') as Readonly<Record<string, string>>;
  return data[key] ?? '';
}

describe.each(Object.entries(CI_VALUES))('the chart with ci/%s-values.yaml', (_name, file) => {
  it('passes helm lint', async () => {
    expect(await helm.run('lint', '--strict', CHART_FOLDER, '--values', file)).toContain('0 chart(s) failed');
  });

  it('renders the same twice: nothing in it is random or asked of a cluster', async () => {
    expect(await helm.template({ files: [file] })).toBe(await helm.template({ files: [file] }));
  });

  it('gives settings that Mendloop takes', async () => {
    expect(
      configSchema.safeParse(parse(entryOf(await helm.render({ files: [file] }), 'mendloop', 'mendloop.yaml'))).error,
    ).toBeUndefined();
  });

  it('names each object once', async () => {
    const names = (await helm.render({ files: [file] })).map(
      ({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
    );
    expect(names).toEqual([...new Set(names)]);
  });

  it('gives no Pod a writable root, a capability or root itself', async () => {
    const pods = podsOf(await helm.render({ files: [file] }));
    expect(pods).not.toHaveLength(0);
    for (const { spec } of pods) {
      expect(at(spec, 'securityContext')).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(at(spec, 'containers')).toHaveLength(1);
      expect(at(spec, 'containers.0.securityContext')).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('mounts every volume once, and has a volume for every mount', async () => {
    for (const { spec } of podsOf(await helm.render({ files: [file] }))) {
      const mounts = at(spec, 'containers.0.volumeMounts') as { name: string; mountPath: string }[];
      const volumes = at(spec, 'volumes') as { name: string }[];
      const claims = mounts.some(({ name }) => name === 'state') ? ['state'] : [];
      expect(mounts.map(({ name }) => name).sort()).toEqual([...volumes.map(({ name }) => name), ...claims].sort());
      expect(mounts.map(({ mountPath }) => mountPath)).toEqual([...new Set(mounts.map(({ mountPath }) => mountPath))]);
    }
  });
});

describe('mode standalone', () => {
  it('is one Pod with one container and one volume that no second Pod can mount', async () => {
    const set = pick(await helm.render(), 'StatefulSet', 'mendloop');
    expect(at(set, 'spec.replicas')).toBe(1);
    expect(at(set, 'spec.template.spec.containers')).toHaveLength(1);
    expect(at(set, 'spec.template.spec.containers.0.args')).toEqual(expect.arrayContaining(['up']));
    expect(at(set, 'spec.volumeClaimTemplates')).toHaveLength(1);
    expect(at(set, 'spec.volumeClaimTemplates.0.spec.accessModes')).toEqual(['ReadWriteOncePod']);
    expect(at(set, 'spec.persistentVolumeClaimRetentionPolicy')).toEqual({
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
    });
  });

  it('runs the image that has Temporal in it', async () => {
    const set = pick(
      await helm.render({ values: { image: { repository: 'example.com/mendloop' } } }),
      'StatefulSet',
      'mendloop',
    );
    expect(at(set, 'spec.template.spec.containers.0.image')).toBe('example.com/mendloop:0.1.0-standalone');
  });

  it('starts in mode observe, by a flag that Mendloop reads, and changes it without a restart', async () => {
    const [observing, acting] = await Promise.all(
      [{}, { remediation: { mode: 'auto' } }].map(async (values) => await helm.render({ values })),
    );
    const flagOf = (manifests: readonly Manifest[]) =>
      readFlags('flags.json', entryOf(manifests, 'mendloop-flags', 'flags.json')).resolveStringEvaluation(
        'mendloop-mode',
        '',
        {
          targetingKey: 'default/shop/Deployment/api',
        },
      ).value;
    expect([flagOf(observing ?? []), flagOf(acting ?? [])]).toEqual(['observe', 'auto']);
    const template = (manifests: readonly Manifest[]) =>
      at(pick(manifests, 'StatefulSet', 'mendloop'), 'spec.template');
    expect(template(acting ?? [])).toEqual(template(observing ?? []));
  });

  it('gives Temporal the home and the name of a user that the image may not know', async () => {
    const env = at(pick(await helm.render(), 'StatefulSet', 'mendloop'), 'spec.template.spec.containers.0.env');
    expect(env).toEqual(
      expect.arrayContaining([
        { name: 'HOME', value: '/tmp' },
        { name: 'USER', value: 'mendloop' },
        { name: 'MENDLOOP_STATE', value: '/var/lib/mendloop/state' },
      ]),
    );
  });

  it('restarts when its settings change', async () => {
    const checksum = async (level: string) =>
      at(
        pick(await helm.render({ values: { config: { log: { level } } } }), 'StatefulSet', 'mendloop'),
        'spec.template.metadata.annotations',
      );
    expect(await checksum('debug')).not.toEqual(await checksum('info'));
  });
});

describe('mode distributed', () => {
  it('gives the API no token of the cluster, the store, and nothing that only a worker needs', async () => {
    const manifests = await helm.render(everything());
    const api = at(pick(manifests, 'Deployment', 'mendloop-api'), 'spec.template.spec');
    const worker = at(pick(manifests, 'Deployment', 'mendloop-worker'), 'spec.template.spec');
    expect(at(api, 'automountServiceAccountToken')).toBe(false);
    expect(at(pick(manifests, 'ServiceAccount', 'mendloop-api'), 'automountServiceAccountToken')).toBe(false);
    expect(at(worker, 'automountServiceAccountToken')).toBe(true);
    expect(at(api, 'serviceAccountName')).not.toBe(at(worker, 'serviceAccountName'));
    const only = (one: unknown, other: unknown) => {
      const theirs = volumesOf(other);
      return volumesOf(one).filter((name) => !theirs.includes(name));
    };
    expect(only(api, worker)).toEqual(['webhook', 'user-0', 'user-1', 'orders']);
    expect(only(worker, api)).toEqual([
      ...['audit', 'order-keys', 'postgresql-retention', 'mounts-prometheus', 'mounts-slack'],
    ]);
    expect(volumesOf(api)).toEqual(
      expect.arrayContaining(['links', 'postgresql', 'postgresql-ca', 'temporal-ca', 'temporal-client']),
    );
  });

  it('asks the flag of the mode in both parts: the API decides, and the workers ask again before each effect', async () => {
    const manifests = await helm.render(distributed());
    const settings = configSchema.parse(parse(entryOf(manifests, 'mendloop', 'mendloop.yaml')));
    expect(settings.flags).toEqual({ provider: 'file', file: '/etc/mendloop/flags/flags.json' });
    for (const name of ['mendloop-api', 'mendloop-worker']) {
      expect(volumesOf(at(pick(manifests, 'Deployment', name), 'spec.template.spec'))).toContain('flags');
    }
  });

  it.each([
    ['api', 'mendloop-api'],
    ['worker', 'mendloop-worker'],
  ] as const)('mounts each secret whose absence would keep the %s from starting', async (part, name) => {
    const manifests = await helm.render(everything());
    const settings = configSchema.parse(parse(entryOf(manifests, 'mendloop', 'mendloop.yaml')));
    const files = filesAtStart(settings, part);
    expect(files).toContain('/etc/mendloop/postgresql/password');
    const pod = at(pick(manifests, 'Deployment', name), 'spec.template.spec');
    expect(files.filter((file) => !isMounted(pod, file))).toEqual([]);
  });

  it('is looked at by helm test as the account that acts: with every file that the settings name, and what rbac gives', async () => {
    const manifests = await helm.render({
      ...everything(),
      values: { rbac: { optIn: 'list', actions: ['scale', 'drain'], namespaces: ['shop', 'payment'] } },
    });
    const doctor = pick(manifests, 'Pod', 'mendloop-doctor');
    expect(at(doctor, 'metadata.annotations')).toMatchObject({ 'helm.sh/hook': 'test' });
    const worker = pick(manifests, 'Deployment', 'mendloop-worker');
    expect(at(doctor, 'spec.serviceAccountName')).toBe(at(worker, 'spec.template.spec.serviceAccountName'));
    const settings = configSchema.parse(parse(entryOf(manifests, 'mendloop', 'mendloop.yaml')));
    const files = filesAtStart(settings, 'everything');
    expect(files).toContain('/etc/mendloop/postgresql-retention/password');
    expect(files.filter((file) => !isMounted(at(doctor, 'spec'), file))).toEqual([]);
    const [container] = at(doctor, 'spec.containers') as { args: string[]; env: { name: string }[] }[];
    expect(container?.args).toEqual([
      ...['doctor', '--api', 'http://mendloop.mendloop.svc:8080'],
      ...['--namespace=shop', '--namespace=payment', '--action=scale', '--action=drain'],
    ]);
    expect(container?.env.map(({ name }) => name)).toContain('TEMPORAL_ADDRESS');
  });

  it('asks by helm test in mode standalone for what can be reached from another Pod', async () => {
    const doctor = pick(await helm.render(), 'Pod', 'mendloop-doctor');
    const [container] = at(doctor, 'spec.containers') as { args: string[] }[];
    expect(container?.args).toEqual([
      ...['doctor', '--api', 'http://mendloop.mendloop.svc:8080'],
      ...['--skip=temporal', '--skip=store'],
    ]);
  });

  it('leaves the number of Pods out where an autoscaler has it', async () => {
    const manifests = await helm.render(everything());
    expect(at(pick(manifests, 'Deployment', 'mendloop-api'), 'spec.replicas')).toBe(3);
    expect(at(pick(manifests, 'Deployment', 'mendloop-worker'), 'spec')).not.toHaveProperty('replicas');
  });

  it('has a disruption budget only above one replica, which never holds a broken Pod', async () => {
    const budgets = (manifests: readonly Manifest[]) => manifests.filter(({ kind }) => kind === 'PodDisruptionBudget');
    const many = budgets(await helm.render(distributed()));
    expect(many.map(({ metadata }) => metadata.name)).toEqual(['mendloop-api', 'mendloop-worker']);
    for (const { spec } of many) {
      expect(spec).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
    }
    expect(
      budgets(await helm.render({ ...distributed(), values: { api: { replicas: 1 }, worker: { replicas: 1 } } })),
    ).toEqual([]);
    expect(budgets(await helm.render())).toEqual([]);
  });

  it('fills the spread in with the Pods it is about', async () => {
    const worker = pick(await helm.render(distributed()), 'Deployment', 'mendloop-worker');
    const spread = at(worker, 'spec.template.spec.topologySpreadConstraints') as unknown[];
    expect(spread).toHaveLength(2);
    for (const one of spread) expect(at(one, 'labelSelector')).toEqual(at(worker, 'spec.selector'));
  });

  it('names the Job of the schema by its content', async () => {
    const jobOf = async (values: object) => {
      const jobs = (await helm.render({ ...distributed(), values })).filter(({ kind }) => kind === 'Job');
      return jobs.map(({ metadata }) => metadata.name).join();
    };
    const name = await jobOf({});
    expect(name).toMatch(/^mendloop-schema-[0-9a-f]{8}$/);
    expect(await jobOf({ config: { log: { level: 'debug' } } })).toBe(name);
    expect(await jobOf({ image: { tag: '0.2.0' } })).not.toBe(name);
    expect(await jobOf({ postgresql: { host: 'elsewhere' } })).not.toBe(name);
    expect(await jobOf({ setup: { schema: { enabled: false } } })).toBe('');
  });

  it('needs no hook of Helm but that of helm test, which Flux and Argo CD would order otherwise', async () => {
    const hooks = [...(await helm.template(everything())).matchAll(/helm\.sh\/hook: (.*)/g)].map(([, hook]) => hook);
    expect(hooks).toEqual(['test']);
  });
});

describe('stopping', () => {
  const grace = (manifests: readonly Manifest[], kind: string, name: string) =>
    at(pick(manifests, kind, name), 'spec.template.spec.terminationGracePeriodSeconds');

  it('is given the time that the settings ask for, one thing after the other', async () => {
    const config = { api: { drainSeconds: 40 }, temporal: { shutdownGraceSeconds: 45.5 } };
    const parts = await helm.render({ ...distributed(), values: { config, preStopSeconds: 7 } });
    expect(grace(parts, 'Deployment', 'mendloop-api')).toBe(7 + 40 + 10);
    expect(grace(parts, 'Deployment', 'mendloop-worker')).toBe(Math.ceil(45.5 + 10));
    const whole = await helm.render({ values: { config, preStopSeconds: 7 } });
    expect(grace(whole, 'StatefulSet', 'mendloop')).toBe(Math.ceil(7 + 40 + 45.5 + 15));
  });

  it('knows the defaults of the settings', async () => {
    const { api, temporal } = configSchema.parse({});
    const parts = await helm.render(distributed());
    expect(grace(parts, 'Deployment', 'mendloop-api')).toBe(5 + api.drainSeconds + 10);
    expect(grace(parts, 'Deployment', 'mendloop-worker')).toBe(temporal.shutdownGraceSeconds + 10);
  });

  it('begins with a sleep, until no load balancer sends any more', async () => {
    const api = pick(await helm.render(distributed()), 'Deployment', 'mendloop-api');
    expect(at(api, 'spec.template.spec.containers.0.lifecycle')).toEqual({ preStop: { sleep: { seconds: 5 } } });
  });

  it('is never asked for by what only readiness tells', async () => {
    for (const file of Object.values(CI_VALUES)) {
      for (const { name, spec } of podsOf(await helm.render({ files: [file] })).filter(
        (pod) => !/^(Job|Pod)\//.test(pod.name),
      )) {
        expect(at(spec, 'containers.0.livenessProbe.httpGet.path'), name).toBe('/healthz');
        expect(at(spec, 'containers.0.startupProbe.httpGet.path'), name).toBe('/healthz');
      }
    }
  });
});

describe('network policies', () => {
  it('keep ingress and egress apart', async () => {
    const types = (await helm.render(everything()))
      .filter(({ kind }) => kind === 'NetworkPolicy')
      .map(({ spec }) => at(spec, 'policyTypes'));
    expect(types).toEqual([['Ingress'], ['Ingress'], ['Egress']]);
  });

  it('leave the API server reachable whatever else is cut off', async () => {
    const values = { networkPolicy: { egress: { enabled: true, ports: [] } } };
    const policy = pick(await helm.render({ values }), 'NetworkPolicy', 'mendloop-egress');
    const rules = at(policy, 'spec.egress') as { to?: unknown; ports: { port: number }[] }[];
    const anywhere = rules.filter(({ to }) => to === undefined).flatMap(({ ports }) => ports.map(({ port }) => port));
    expect(anywhere).toEqual(expect.arrayContaining([443, 6443]));
    expect(await refusal({ values: { networkPolicy: { egress: { apiServerPorts: [] } } } })).toContain(
      'apiServerPorts',
    );
  });
});

describe('what an Operator takes', () => {
  const monitoring = (renderMode: string) => ({
    monitoring: {
      renderMode,
      serviceMonitor: { enabled: true },
      rules: { enabled: true },
      alertmanagerConfig: { enabled: true },
    },
  });
  const kinds = ['AlertmanagerConfig', 'PrometheusRule', 'ServiceMonitor'];
  const operated = (manifests: readonly Manifest[]) =>
    manifests
      .map(({ kind }) => kind)
      .filter((kind) => kinds.includes(kind))
      .sort();
  const known = [
    'monitoring.coreos.com/v1/ServiceMonitor',
    'monitoring.coreos.com/v1/PrometheusRule',
    'monitoring.coreos.com/v1alpha1/AlertmanagerConfig',
  ].flatMap((version) => ['--api-versions', version]);

  it('is left out where the cluster does not know it, unless told otherwise', async () => {
    expect(operated(await helm.render({ values: monitoring('skipIfMissing') }))).toEqual([]);
    expect(operated(await helm.render({ values: monitoring('skipIfMissing'), args: known }))).toEqual(kinds);
    expect(operated(await helm.render({ values: monitoring('alwaysRender') }))).toEqual(kinds);
    expect(operated(await helm.render({ values: monitoring('failIfMissing'), args: known }))).toEqual(kinds);
    expect(await refusal({ values: monitoring('failIfMissing') })).toContain(
      "install the Prometheus Operator's CRDs first",
    );
  });

  it('carries the labels that it is selected by', async () => {
    const manifests = await helm.render(everything());
    for (const kind of ['ServiceMonitor', 'PrometheusRule']) {
      expect(pick(manifests, kind, 'mendloop').metadata.labels).toMatchObject({ release: 'kube-prometheus-stack' });
    }
    const dashboards = manifests.filter(({ metadata }) => metadata.name.endsWith('-dashboard'));
    expect(dashboards).toHaveLength(2);
    for (const { metadata } of dashboards) expect(metadata.labels).toMatchObject({ grafana_dashboard: '1' });
  });

  it('scrapes by ports that a Service has', async () => {
    const manifests = await helm.render(everything());
    const endpoints = at(pick(manifests, 'ServiceMonitor', 'mendloop'), 'spec.endpoints') as { port: string }[];
    const ports = manifests
      .filter(({ kind }) => kind === 'Service')
      .flatMap(({ spec }) => (at(spec, 'ports') as { name: string }[]).map(({ name }) => name));
    expect(endpoints.map(({ port }) => port).sort()).toEqual(ports.sort());
  });

  it('sends each alert at once and by itself, with the token', async () => {
    const route = pick(await helm.render(everything()), 'AlertmanagerConfig', 'mendloop');
    expect(at(route, 'spec.route')).toMatchObject({ groupBy: ['...'], groupWait: '0s', receiver: 'mendloop' });
    expect(at(route, 'spec.receivers.0.webhookConfigs.0')).toMatchObject({
      url: 'http://mendloop.mendloop.svc:8080/webhooks/alertmanager',
      sendResolved: true,
      maxAlerts: 0,
      httpConfig: { authorization: { credentials: { name: 'alertmanager-token', key: 'bearer' } } },
    });
  });
});

describe('the route for kube-prometheus-stack', () => {
  it('is one that Alertmanager takes, and brings it alerts but not its own', async () => {
    const { amtool } = await ensureServers(['amtool'], { progress: terminalProgress() });
    const snippet = join(CHART_FOLDER, 'examples', 'kube-prometheus-stack-values.yaml');
    const config = at(parse(await readFile(snippet, 'utf8')), 'alertmanager.config') as { route: object };
    const file = join(helm.folder, 'alertmanager.yml');
    // What the stack's own values add to it.
    await writeFile(file, stringify({ ...config, route: { receiver: 'null', ...config.route } }));
    const ask = async (...args: string[]) => (await promisify(execFile)(amtool.path, args)).stdout;
    expect(await ask('check-config', file)).toContain('2 receivers');
    const receivers = (alert: string) => ask('config', 'routes', 'test', '--config.file', file, `alertname=${alert}`);
    expect(await receivers('CPUThrottlingHigh')).toContain('mendloop');
    for (const alert of ['Watchdog', 'MendloopDown', 'RemediationFailed']) {
      expect(await receivers(alert)).not.toContain('mendloop');
    }
  });
});

describe('what does not fit', () => {
  it.each([
    [{ api: { replica: 3 } }, "additional properties 'replica' not allowed"],
    [{ config: { api: { drainSecond: 3 } } }, "additional properties 'drainSecond' not allowed"],
    [{ config: { guards: { maxConcurrent: 'many' } } }, '/config/guards/maxConcurrent'],
    [{ rbac: { actions: ['reboot'] } }, '/rbac/actions/0'],
    [{ mode: 'cluster' }, "value must be one of 'standalone', 'distributed'"],
  ])('is refused by the schema: %j', async (values, words) => {
    expect(await refusal({ values })).toContain(words);
  });

  it.each([
    [{ replicaCount: 3 }, 'replicaCount is no value of this chart: set api.replicas'],
    [{ config: { api: { port: 9000 } } }, 'config.api.port: set service.port'],
    [{ config: { flags: { provider: 'flagd' } } }, "config.flags: set remediation.mode to '' as well"],
    [{ temporal: { address: 'temporal:7233' } }, 'temporal.address: mode standalone brings its own Temporal'],
    [{ mode: 'distributed' }, 'postgresql.host: mode distributed needs your PostgreSQL'],
    [{ webhook: { tokenSecret: { name: '' } } }, 'without a token everybody who reaches the port can send alerts'],
    [{ links: { secret: { name: 'links' } } }, 'links.publicUrl: links need an address'],
    [{ rbac: { optIn: 'label', namespaces: ['shop'] } }, 'with rbac.optIn: label the label decides'],
    [{ mounts: { both: { secret: 'a', configMap: 'b' } } }, 'mounts.both: either secret or configMap'],
  ])('is refused with advice: %j', async (values, words) => {
    expect(await refusal({ values })).toContain(words);
  });

  it('is told all at once', async () => {
    const said = await refusal({ values: { mode: 'distributed', replicaCount: 2 } });
    for (const words of ['replicaCount', 'temporal.address', 'postgresql.host', 'audit.signingKeySecret.name']) {
      expect(said).toContain(words);
    }
  });
});

describe('the rest', () => {
  it('renders templates in extra objects, written as objects or as text', async () => {
    const manifests = await helm.render(everything());
    expect(at(pick(manifests, 'HorizontalPodAutoscaler', 'mendloop-worker'), 'spec.scaleTargetRef.name')).toBe(
      'mendloop-worker',
    );
    expect(at(pick(manifests, 'ConfigMap', 'mendloop-links'), 'data.console')).toBe('https://mendloop.example.com');
  });

  it('keeps two releases of one name in two namespaces apart', async () => {
    const names = async (namespace: string) =>
      (await helm.render({ namespace }))
        .filter(({ metadata }) => metadata.namespace === undefined)
        .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    const [one, other] = await Promise.all([names('blue'), names('green')]);
    expect(one).not.toHaveLength(0);
    expect(one.filter((name) => other.includes(name))).toEqual([]);
  });
});
