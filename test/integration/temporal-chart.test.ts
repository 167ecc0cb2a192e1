import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../src/local/package-root.ts';
import { FACTS, type Facts, RENDERED, VALUES } from '../../tools/temporal-chart/facts.ts';
import { at, manifestsOf, pick } from '../support/chart/helm.ts';

const read = (file: string) => readFileSync(join(packageRoot(), file), 'utf8');
const facts = JSON.parse(read(FACTS)) as Facts;
const manifests = manifestsOf(read(RENDERED));

const SERVICES = ['frontend', 'history', 'matching', 'worker'];

/** The server's configuration, with what its container fills in. */
function serverConfig(): unknown {
  const data = at(pick(manifests, 'ConfigMap', 'temporal-config'), 'data') as Record<string, string>;
  const text = data['config_template.yaml'] ?? '';
  return parse(text.replaceAll(/\{\{ env "(\w+)" \| quote \}\}/g, '"$1"'));
}

interface PodSpec {
  readonly volumes: readonly { readonly name: string; readonly secret?: { readonly secretName: string } }[];
  readonly containers: readonly {
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  }[];
}

/** Where a Pod has the files of which Secret. */
function secretsOf({ volumes, containers: [container] }: PodSpec): Record<string, string> {
  const mounted = container?.volumeMounts.flatMap(({ name, mountPath }) => {
    const secret = volumes.find((volume) => volume.name === name)?.secret;
    return secret === undefined ? [] : [[mountPath, secret.secretName] as const];
  });
  return Object.fromEntries(mounted ?? []);
}

/** All strings of a configuration. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

describe("what Temporal's own chart makes of our values", () => {
  it('was made of the values as they are: node tools/temporal-chart/record.ts', () => {
    expect(facts.values).toBe(createHash('sha256').update(read(VALUES)).digest('hex'));
    expect(read(VALUES)).toContain(`chart ${facts.version} (server ${facts.appVersion})`);
  });

  it('depends on each of them: none is passed over', () => {
    expect(facts.unread).toEqual([]);
  });

  it('has two Pods of each service, of which one may be away', () => {
    for (const service of SERVICES) {
      expect(at(pick(manifests, 'Deployment', `temporal-${service}`), 'spec.replicas'), service).toBe(2);
      expect(at(pick(manifests, 'PodDisruptionBudget', `temporal-${service}-pdb`), 'spec.maxUnavailable')).toBe(1);
    }
    const history = pick(manifests, 'Deployment', 'temporal-history');
    expect(at(history, 'spec.template.spec.terminationGracePeriodSeconds')).toBe(60);
  });

  it('keeps everything in PostgreSQL, by a password from a Secret, over a connection that is checked', () => {
    const persistence = at(serverConfig(), 'persistence');
    expect(persistence).toMatchObject({
      numHistoryShards: 512,
      datastores: {
        default: { sql: { pluginName: 'postgres12', tls: { enabled: true, enableHostVerification: true } } },
        visibility: { sql: { pluginName: 'postgres12', tls: { enabled: true, enableHostVerification: true } } },
      },
    });
    for (const store of ['default', 'visibility']) {
      expect(at(persistence, `datastores.${store}.sql.password`)).toMatch(/^TEMPORAL_\w+_STORE_PASSWORD$/);
    }
  });

  it('lets clients in by certificate alone', () => {
    const tls = at(serverConfig(), 'global.tls');
    for (const side of ['internode', 'frontend']) expect(at(tls, `${side}.server.requireClientAuth`), side).toBe(true);
  });

  it('has every file that the configuration names, from the Secrets that our values name', () => {
    const files = textsOf(serverConfig()).filter((text) => /^\/etc\/temporal\/(?!dynamic_config)/.test(text));
    expect(files.length).toBeGreaterThan(5);
    for (const service of SERVICES) {
      const spec = at(pick(manifests, 'Deployment', `temporal-${service}`), 'spec.template.spec') as PodSpec;
      const secrets = secretsOf(spec);
      for (const file of files) {
        expect(
          Object.keys(secrets).some((folder) => file.startsWith(`${folder}/`)),
          `${service}: ${file}`,
        ).toBe(true);
      }
      expect(secrets).toMatchObject({ '/etc/temporal/database': 'postgres-ca' });
    }
  });

  it("brings the tables to the server's version by a Job that checks the database too", () => {
    const spec = at(pick(manifests, 'Job', 'temporal-schema'), 'spec.template.spec');
    const jobs = at(spec, 'initContainers') as { env: { name: string; value?: string }[]; args: string[] }[];
    expect(jobs).toHaveLength(2);
    for (const { env, args } of jobs) {
      expect(args.join(' ')).toContain('update-schema');
      expect(env).toEqual(
        expect.arrayContaining([
          { name: 'SQL_TLS', value: 'true' },
          { name: 'SQL_TLS_DISABLE_HOST_VERIFICATION', value: 'false' },
        ]),
      );
    }
  });

  it('gives the server our dynamic configuration, and Prometheus its metrics', () => {
    const config = at(pick(manifests, 'ConfigMap', 'temporal-dynamic-config'), 'data') as Record<string, string>;
    expect(parse(config['dynamic_config.yaml'] ?? '')).toEqual(parse(read('temporal/dynamic-config.yaml')));
    const monitors = manifests.filter(({ kind }) => kind === 'ServiceMonitor');
    expect(monitors).toHaveLength(SERVICES.length);
    for (const monitor of monitors) expect(at(monitor, 'metadata.labels.release')).toBe('kube-prometheus-stack');
  });

  it('makes no namespace: `mendloop temporal setup` does', () => {
    expect(manifests.filter(({ kind }) => kind === 'Job').map(({ metadata }) => metadata.name)).toEqual([
      'temporal-schema',
    ]);
  });
});
