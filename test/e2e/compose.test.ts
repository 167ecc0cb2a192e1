import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ensureServers, type ServerBinary, terminalProgress } from '../../dev/stack/index.ts';
import { writeSecrets } from '../../src/cli/commands/keygen.ts';
import { ConfigError } from '../../src/config/config-error.ts';
import { checkSecrets, type Part, secretsOf } from '../../src/config/check-secrets.ts';
import { loadConfig } from '../../src/config/load.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { migrationFrom } from '../../src/store/schema/migrations.ts';
import { readStage } from '../support/image/dockerfile.ts';

const run = promisify(execFile);
const home = join(packageRoot(), 'examples', 'compose');

const condition = z.enum(['service_healthy', 'service_started', 'service_completed_successfully']);
const serviceSchema = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.string(), target: z.string() }).optional(),
  command: z.array(z.string()).optional(),
  user: z.string().optional(),
  environment: z.record(z.string(), z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition })).optional(),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  extra_hosts: z.array(z.string()).optional(),
  restart: z.enum(['on-failure']).optional(),
});
const composeSchema = z.looseObject({
  name: z.string(),
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.strictObject({})),
});
const read = (path: string) => readFileSync(join(home, path), 'utf8');
const { services, volumes } = composeSchema.parse(parse(read('compose.yaml'), { merge: true }));
const names = Object.keys(services);

interface Bind {
  readonly service: string;
  readonly source: string;
  readonly path: string;
}
const binds: readonly Bind[] = Object.entries(services).flatMap(([service, one]) =>
  (one.volumes ?? []).flatMap((text) => {
    const [, source = '', path = ''] = /^(\.[^:]*):([^:]+):ro$/.exec(text) ?? [];
    return source === '' ? [] : [{ service, source, path }];
  }),
);
const bound = (path: string): string => {
  const found = binds.find((one) => one.path === path);
  if (found === undefined) throw new Error(`nothing is mounted at ${path}`);
  return join(home, found.source);
};

let tools: Record<'promtool' | 'amtool' | 'otelcol', ServerBinary>;
let folder: string;
beforeAll(async () => {
  tools = await ensureServers(['promtool', 'amtool', 'otelcol'], { progress: terminalProgress() });
  folder = mkdtempSync(join(tmpdir(), 'mendloop-compose-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('every service', () => {
  it('is there: the loop from the alert to the trace', () => {
    expect(names).toEqual(
      expect.arrayContaining([
        ...['api', 'worker', 'temporal', 'postgres', 'prometheus', 'alertmanager', 'collector', 'jaeger', 'grafana'],
      ]),
    );
  });

  it.each(Object.entries(services))(
    '%s has an image of an exact version, and waits for what there is',
    (_name, one) => {
      const isOwn = one.build !== undefined;
      const digest = isOwn ? '' : '@sha256:[0-9a-f]{64}';
      expect(one.image).toMatch(new RegExp(`^[\\w./-]+:v?\\d+\\.\\d+(\\.\\d+)?${digest}$`));
      for (const [other, { condition: until }] of Object.entries(one.depends_on ?? {})) {
        expect(names).toContain(other);
        if (until === 'service_healthy') expect(services[other]?.healthcheck).toBeDefined();
      }
      for (const published of one.ports ?? []) expect(published).toMatch(/^127\.0\.0\.1:/);
      if (one.build !== undefined) expect(readStage(one.build.target).entrypoint).not.toHaveLength(0);
    },
  );

  it('mounts what is there, each once, and named volumes that are declared', () => {
    const made = writeSecrets(join(folder, 'secrets')).map((file) => file.replace(folder, '.'));
    for (const { source } of binds) {
      if (source.startsWith('./secrets/')) expect(made).toContain(source);
      else expect(existsSync(join(home, source)), source).toBe(true);
    }
    const named = Object.values(services).flatMap((one) => (one.volumes ?? []).filter((text) => /^\w+:/.test(text)));
    expect(named.map((text) => text.split(':')[0])).toEqual(Object.keys(volumes));
  });

  it('is named where a file names a host', () => {
    const files = globSync(['*.yaml', '*.yml', 'grafana/*.yml'], { cwd: home });
    const hosts = files.flatMap((file) =>
      [...read(file).matchAll(/https?:\/\/([\w.-]+):\d+/g)].map(([, host]) => host),
    );
    expect(hosts.length).toBeGreaterThan(5);
    for (const host of hosts) expect(names).toContain(host);
  });
});

describe('every file that is mounted is taken by its program', () => {
  it('Prometheus: configuration and rules, by promtool', async () => {
    const mounted = binds.filter(({ path }) => path.startsWith('/etc/prometheus/rules/'));
    const rules = mounted.map(({ source }) => join(home, source));
    expect(rules).toHaveLength(2);
    const file = join(folder, 'prometheus.yml');
    const text = readFileSync(bound('/etc/prometheus/prometheus.yml'), 'utf8');
    expect(text).toContain('rule_files: [/etc/prometheus/rules/*.yml]');
    writeFileSync(file, text.replace('[/etc/prometheus/rules/*.yml]', JSON.stringify(rules)));
    const { stdout } = await run(tools.promtool.path, ['check', 'config', file]);
    expect(stdout).toMatch(/SUCCESS: 2 rule files found[\s\S]*SUCCESS: \d+ rules found/);
  });

  it('Alertmanager: configuration and the way of an alert, by amtool', async () => {
    const file = bound('/etc/alertmanager/alertmanager.yml');
    expect((await run(tools.amtool.path, ['check-config', file])).stdout).toContain('SUCCESS');
    const way = async (alert: string) =>
      (await run(tools.amtool.path, ['config', 'routes', 'test', `--config.file=${file}`, `alertname=${alert}`]))
        .stdout;
    expect(await way('CPUThrottlingHigh')).toContain('mendloop');
    expect(await way('Watchdog')).not.toContain('mendloop');
    const token = /credentials_file: (\S+) \}/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
    expect(binds).toContainEqual({ service: 'alertmanager', source: './secrets/webhook-token', path: token });
  });

  it('the Collector: by its own `validate`', async () => {
    await run(tools.otelcol.path, ['validate', `--config=${bound('/etc/otelcol/collector.yaml')}`]);
    const text = readFileSync(bound('/etc/otelcol/collector.yaml'), 'utf8');
    const defaults = [...text.matchAll(/:-(?:https?:\/\/)?([a-z]+):\d+/g)].map(([, host]) => host);
    expect(defaults).toEqual(['prometheus', 'jaeger', 'loki']);
    for (const host of defaults) expect(names).toContain(host);
  });

  it.each(['api', 'worker'] as const satisfies readonly Part[])(
    'Mendloop: the settings, and each secret of the %s',
    (part) => {
      const config = loadConfig({ path: bound('/etc/mendloop/mendloop.yaml') });
      expect(config.audit.store).toMatchObject({ type: 'postgres', host: 'postgres' });
      const wanted = () => {
        checkSecrets(config, { env: {}, within: secretsOf(part) });
      };
      expect(wanted).toThrow(ConfigError);
      try {
        wanted();
      } catch (error) {
        const files = (error as ConfigError).problems.map(({ message }) => /\/etc\/mendloop\/\S+/.exec(message)?.[0]);
        const mounted = binds.filter(({ service }) => service === part).map(({ path }) => path);
        expect(files).not.toHaveLength(0);
        for (const file of files) expect(mounted).toContain(file);
      }
      if (part === 'worker') {
        expect(services['worker']?.volumes?.join()).toContain(`:${config.kubernetes.kubeconfig}:ro`);
        expect(binds).toContainEqual(expect.objectContaining({ service: part, path: config.orders.publicKeysFile }));
      }
    },
  );

  it('PostgreSQL: the roles, to which the schema then gives what they may', async () => {
    const database = await PGlite.create();
    await database.exec(readFileSync(bound('/docker-entrypoint-initdb.d/roles.sql'), 'utf8'));
    await database.exec(migrationFrom(0));
    const { rows } = await database.query(
      `SELECT has_table_privilege('mendloop', 'mendloop.incident', 'INSERT') AS may`,
    );
    expect(rows).toEqual([{ may: true }]);
    await database.close();
  });

  it('Grafana: its sources are services, and the folder of its dashboards is the one that is mounted', () => {
    const sources = parse(readFileSync(bound('/etc/grafana/provisioning/datasources/mendloop.yml'), 'utf8')) as {
      datasources: { type: string; url: string }[];
    };
    for (const { type, url } of sources.datasources) expect(new URL(url).hostname).toBe(type);
    const providers = parse(readFileSync(bound('/etc/grafana/provisioning/dashboards/mendloop.yml'), 'utf8')) as {
      providers: { options: { path: string } }[];
    };
    const [provider] = providers.providers;
    const dashboards = globSync('*.json', { cwd: bound(provider?.options.path ?? '') });
    expect(dashboards.length).toBeGreaterThan(1);
  });
});

it('the secrets that it mounts are made once, for their user alone, and never committed', () => {
  const own = join(folder, 'own');
  const files = writeSecrets(own);
  const before = files.map((file) => readFileSync(file, 'utf8'));
  expect(new Set(before).size).toBe(files.length);
  for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
  writeSecrets(own);
  expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(before);
  expect(read('.gitignore')).toContain('secrets/');
});
