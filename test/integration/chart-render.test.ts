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
    .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job', 'CronJob', 'Pod'].includes(kind))
    .map((manifest) => {
      const { kind, metadata } = manifest;
      const path = { Pod: '', CronJob: 'spec.jobTemplate.spec.template.' }[kind] ?? 'spec.template.';
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
    expect(only(worker, api)).toEqual([...['audit', 'audit-keys', 'order-keys', 'mounts-prometheus', 'mounts-slack']]);
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
    expect(files).toContain('/etc/mendloop/audit-keys/audit-key-2025.pub');
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
      ...['--skip=temporal', '--skip=store', '--skip=synthetic-alert', '--skip=alertmanager-token'],
    ]);
    const named = { webhook: { tokenSecret: { name: 'mendloop-webhook' } } };
    const other = pick(await helm.render({ values: named }), 'Pod', 'mendloop-doctor');
    expect(at(other, 'spec.containers.0.args')).not.toContain('--skip=synthetic-alert');
  });

  it('has the login of retention in the workers where they remove, and else in the CronJob alone', async () => {
    const whose = async (prune: string) => {
      const manifests = await helm.render({ ...everything(), values: { audit: { prune } } });
      return podsOf(manifests)
        .filter(({ spec }) => volumesOf(spec).includes('postgresql-retention'))
        .map(({ name }) => name);
    };
    expect(await whose('worker')).toEqual(['Deployment/mendloop-worker', 'Pod/mendloop-doctor']);
    expect(await whose('apart')).toEqual(['CronJob/mendloop-prune', 'Pod/mendloop-doctor']);
  });

  it('removes apart by a CronJob with an account of its own, no token, no key, and nothing but what removing takes', async () => {
    const manifests = await helm.render({
      ...everything(),
      values: { config: { audit: { trustedKeyFiles: ['/etc/mendloop/mounts/old/key.pub'] } } },
    });
    const job = pick(manifests, 'CronJob', 'mendloop-prune');
    expect(at(job, 'spec')).toMatchObject({ schedule: '5,35 * * * *', concurrencyPolicy: 'Forbid' });
    const pod = at(job, 'spec.jobTemplate.spec.template.spec');
    expect(at(pod, 'containers.0.args')).toEqual(['audit', 'prune']);
    expect(volumesOf(pod)).toEqual(['config', 'tmp', 'audit-keys', 'postgresql-retention', 'postgresql-ca']);
    expect(at(pod, 'automountServiceAccountToken')).toBe(false);
    expect(at(pod, 'serviceAccountName')).toBe('mendloop-prune');
    const bound = manifests.filter((one) => JSON.stringify(at(one, 'subjects') ?? []).includes('mendloop-prune'));
    expect(bound).toEqual([]);
    const names = (at(pod, 'containers.0.env') as { name: string }[]).map(({ name }) => name);
    expect(names.filter((name) => /TEMPORAL|PGPASSWORD/.test(name))).toEqual([]);
    const { audit } = configSchema.parse(parse(entryOf(manifests, 'mendloop', 'mendloop.yaml')));
    expect(audit.trustedKeyFiles).toEqual([
      ...['/etc/mendloop/audit-keys/audit-key.pub', '/etc/mendloop/audit-keys/audit-key-2025.pub'],
      '/etc/mendloop/mounts/old/key.pub',
    ]);
    const files = [...audit.trustedKeyFiles.slice(0, 2), '/etc/mendloop/postgresql-retention/password'];
    expect(files.filter((file) => !isMounted(pod, file))).toEqual([]);
    expect((await helm.render(distributed())).filter(({ kind }) => kind === 'CronJob')).toEqual([]);
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

  describe.each([
    {
      what: 'schema',
      others: [{ image: { tag: '0.2.0' } }, { postgresql: { host: 'elsewhere' } }],
      args: ['audit', 'migrate', '--user', 'postgres'],
    },
    {
      what: 'temporal',
      others: [
        { image: { tag: '0.2.0' } },
        { temporal: { address: 'elsewhere:7233' } },
        { temporal: { namespace: 'production' } },
        { setup: { temporal: { retentionDays: 180 } } },
      ],
      args: ['temporal', 'setup', '--retention-days', '90'],
    },
  ])('the Job of $what', ({ what, others, args }) => {
    const jobOf = async (values: object = {}, base = distributed()) => {
      const jobs = (await helm.render({ ...base, values })).filter(({ kind }) => kind === 'Job');
      return jobs.find((job) => at(job, 'spec.template.spec.containers.0.name') === what);
    };

    it('is named by its content, which the settings of the Pods are no part of', async () => {
      const name = (await jobOf())?.metadata.name;
      expect(name).toMatch(new RegExp(`^mendloop-${what}-[0-9a-f]{8}$`));
      expect((await jobOf({ config: { log: { level: 'debug' } } }))?.metadata.name).toBe(name);
      for (const other of others) expect((await jobOf(other))?.metadata.name).not.toBe(name);
      expect(await jobOf({ setup: { [what]: { enabled: false } } })).toBeUndefined();
    });

    it('is no hook, runs its command, and has what that needs', async () => {
      const job = await jobOf({}, everything());
      expect(at(job, 'metadata.annotations')).toEqual({ 'argocd.argoproj.io/sync-wave': '-1' });
      expect(at(await jobOf(), 'spec.template.spec.containers.0.args')).toEqual(args);
      const pod = at(job, 'spec.template.spec');
      const wanted = { schema: ['postgresql-ca'], temporal: ['temporal-ca', 'temporal-client'] }[what];
      expect(volumesOf(pod)).toEqual(['config', 'tmp', ...(wanted ?? [])]);
      const names = (at(pod, 'containers.0.env') as { name: string }[]).map(({ name }) => name);
      expect(names).toContain(what === 'schema' ? 'PGPASSWORD' : 'TEMPORAL_API_KEY');
      expect(names).not.toContain(what === 'schema' ? 'TEMPORAL_API_KEY' : 'PGPASSWORD');
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
    [{ monitoring: { alertmanagerConfig: { enabled: true } } }, 'an AlertmanagerConfig names the Secret of the token'],
    [
      { mode: 'distributed' },
      'orders.signingKeySecret.name: mode distributed needs a key by which the API signs votes',
    ],
    [{ mode: 'distributed' }, 'mendloop keygen | kubectl create -n mendloop -f -'],
    [{ mode: 'distributed' }, 'postgresql.host: mode distributed needs your PostgreSQL'],
    [
      { mode: 'distributed' },
      'webhook.tokenSecret.name: without a token everybody who reaches the port can send alerts',
    ],
    [{ audit: { prune: 'apart' } }, 'audit.prune: mode standalone has one process'],
    [{ config: { audit: { prune: 'apart' } } }, 'config.audit.prune: set audit.prune'],
    [{ mode: 'distributed', audit: { prune: 'apart' } }, 'postgresql.retention.user: audit.prune: apart needs a login'],
    [
      { mode: 'distributed', audit: { prune: 'apart' } },
      'audit.pruneJob.publicKeysSecret.name: audit.prune: apart needs the public half',
    ],
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
