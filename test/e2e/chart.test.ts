import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ensureServers,
  Stack,
  startTemporalServer,
  type TemporalServer,
  terminalProgress,
} from '../../dev/stack/index.ts';
import { type PostgresServer, startPostgres } from '../../dev/stack/postgres-server.ts';
import { signingKeySecrets } from '../../src/cli/commands/keygen.ts';
import { ensurePostgres } from '../../src/local/servers/postgres-programs.ts';
import { accountOf } from '../support/chart/account.ts';
import { at, manifestsOf, pick } from '../support/chart/helm.ts';
import {
  makeVolume,
  ReleaseApi,
  type ReleaseWorld,
  SlowDeployment,
  startReleaseWorld,
} from '../support/chart/release.ts';
import type { Container } from '../support/image/container.ts';
import { assembleImage, type Image } from '../support/image/image.ts';

let world: ReleaseWorld;
let plain: Image;
let standalone: Image;

beforeAll(async () => {
  world = await startReleaseWorld();
  plain = await assembleImage('plain');
  standalone = await assembleImage('standalone');
  for (const [name, labels] of [
    ['shop', { 'mendloop.dev/remediate': 'enabled' }],
    // Of its own: only so many of a namespace may be changed within an hour.
    ['till', { 'mendloop.dev/remediate': 'enabled' }],
    ['other', {}],
  ] as const) {
    await world.cluster.human.create('/api/v1/namespaces', { metadata: { name, labels } });
  }
});
afterAll(async () => {
  await (world as ReleaseWorld | undefined)?.stop();
  await (plain as Image | undefined)?.remove();
  await (standalone as Image | undefined)?.remove();
});

/** Slow, healed, well: what a release is for. */
async function heals(api: ReleaseApi, name: string): Promise<SlowDeployment> {
  const slow = await SlowDeployment.begin(world, { namespace: 'shop', name });
  await slow.tell('firing');
  await expect.poll(() => slow.replicas(), { timeout: 90_000 }).toBe(5);
  slow.recover();
  await api.untilStep(slow, 'watching');
  await slow.tell('resolved');
  expect(await api.end(slow)).toMatch(/^remediated/);
  return slow;
}

/** What `helm test` runs, out of the chart's own Pod. */
async function helmTest(release: string, values: object, image: Image) {
  const manifests = await world.helm.render({
    values: { fullnameOverride: release, ...values },
    release,
    namespace: release,
  });
  return await world.kubelet.run({
    namespace: release,
    spec: { ...(at(pick(manifests, 'Pod', `${release}-doctor`), 'spec') as object) },
    image,
    reaches: [...world.ports, world.servicePort, ...reached],
    hosts: [`${release}.${release}.svc`],
  });
}
/** Ports of the servers of one mode. */
let reached: readonly number[] = [];

/** `mendloop` inside a container, as NOTES has it. */
const mendloop = (...args: string[]) => ['/nodejs/bin/node', '/app/bin/mendloop.js', ...args];

describe('mode standalone', () => {
  const release = 'alone';
  const values = () => ({ ...world.values, rbac: { namespaces: ['shop', 'till'] } });
  let volume: string;
  let container: Container;
  let api: ReleaseApi;

  async function start(claim: string): Promise<Container> {
    const spec = await world.podOf(release, 'statefulsets', release);
    const started = await world.kubelet.start({
      ...{ namespace: release, spec, image: standalone },
      ...{ claims: { state: claim }, reaches: world.ports },
    });
    await world.serve(started);
    return started;
  }
  const token = async (name: string) => (await container.exec(mendloop('token', name))).stdout.trim();

  beforeAll(async () => {
    await world.install(release, { values: values() });
    volume = await makeVolume(world, 'state');
    container = await start(volume);
    await world.giveToken(await token('webhook'));
    api = new ReleaseApi(world, await token('admin'));
  });
  afterAll(() => (container as Container | undefined)?.stop());

  it('makes its tokens and keys on its volume, for its user alone, and tells none of them', async () => {
    const tokens = join(volume, 'state', 'tokens');
    expect((await readdir(tokens)).sort()).toEqual(['admin', 'webhook']);
    const secrets = [
      join(tokens, 'admin'),
      join(tokens, 'webhook'),
      join(volume, 'state', 'orders', 'signing-key.pem'),
    ];
    const log = await readFile(container.logFile, 'utf8');
    for (const file of secrets) {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const [secret = ''] = (await readFile(file, 'utf8')).split('\n').filter((line) => !line.startsWith('---'));
      expect(secret.length).toBeGreaterThan(30);
      expect(log).not.toContain(secret);
    }
  });

  it('takes no alert without the token, and shows nothing without the other', async () => {
    const url = `http://127.0.0.1:${world.servicePort}`;
    const post = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' };
    expect((await fetch(`${url}/webhooks/alertmanager`, post)).status).toBe(401);
    expect((await fetch(`${url}/api/v1/remediations`)).status).toBe(401);
  });

  it('heals an alert that Alertmanager sends to its Service, by its own account', async () => {
    await heals(api, 'alone-api');
  });

  it('is refused by the API server where its account is not bound, though the namespace says yes', async () => {
    await world.cluster.human.patch('/api/v1/namespaces/other', {
      metadata: { labels: { 'mendloop.dev/remediate': 'enabled' } },
    });
    const slow = await SlowDeployment.begin(world, { namespace: 'other', name: 'alone-other' });
    await slow.tell('firing');
    expect(await api.end(slow)).toMatch(/^escalated.*KubernetesForbidden/);
    expect(await slow.replicas()).toBe(2);
    await slow.tell('resolved');
    await world.cluster.human.patch('/api/v1/namespaces/other', {
      metadata: { labels: { 'mendloop.dev/remediate': null } },
    });
  });

  it('is refused by Mendloop itself where the namespace says nothing', async () => {
    const slow = await SlowDeployment.begin(world, { namespace: 'other', name: 'alone-silent' });
    await slow.tell('firing');
    expect(await api.end(slow)).toMatch(/^escalated.*TargetNotEnabled/);
    expect(await slow.replicas()).toBe(2);
    await slow.tell('resolved');
  });

  it('is found well by `helm test`', async () => {
    const { code, log } = await helmTest(release, values(), plain);
    expect([code, log]).toEqual(['0', expect.stringContaining('api-ready')]);
  });

  it('goes on after a restart where it was, also from a copy of its volume', async () => {
    const before = await api.remediations();
    const slow = await SlowDeployment.begin(world, { namespace: 'till', name: 'alone-copied' });
    await slow.tell('firing');
    await api.untilStep(slow, 'verifying');
    await container.stop();
    const copy = await makeVolume(world, 'restored');
    // As docs/install.md says it: with owners and modes.
    const archive = join(world.folder, 'mendloop-state.tar');
    await promisify(execFile)('tar', ['-C', volume, '-cf', archive, 'state']);
    await promisify(execFile)('tar', ['-C', copy, '-xpf', archive]);
    container = await start(copy);
    slow.recover();
    await api.untilStep(slow, 'watching');
    await slow.tell('resolved');
    expect(await api.end(slow)).toMatch(/^remediated/);
    expect(await api.remediations()).toEqual(expect.arrayContaining(before));
    volume = copy;
  }, 300_000);

  it('does not start on a volume that another version wrote, says what to do, and changes nothing', async () => {
    await container.stop();
    const file = join(volume, 'state', 'written-by.json');
    const written = JSON.parse(await readFile(file, 'utf8')) as { format: number };
    const foreign = JSON.stringify({ ...written, format: written.format + 1 });
    await writeFile(file, foreign);
    const spec = await world.podOf(release, 'statefulsets', release);
    const { code, log } = await world.kubelet.run({
      ...{ namespace: release, spec, image: standalone, claims: { state: volume }, reaches: world.ports },
    });
    expect(code).toBe('1');
    expect(log).toMatch(/written by Mendloop .* in format 2[\s\S]*back-up-and-restore/);
    expect(await readFile(file, 'utf8')).toBe(foreign);
  });
});

describe('mode distributed', () => {
  const release = 'apart';
  const stack = new Stack();
  let temporal: TemporalServer;
  let database: PostgresServer;
  let serving: Container;
  let worker: Container;
  const webhookToken = randomBytes(24).toString('base64url');
  const operatorToken = randomBytes(24).toString('base64url');
  const api = () => new ReleaseApi(world, operatorToken);

  const values = () => ({
    ...world.values,
    mode: 'distributed',
    webhook: { tokenSecret: { name: 'mendloop-webhook' } },
    users: [{ name: 'ann', roles: ['operator'], tokenSecret: { name: 'mendloop-users', key: 'ann' } }],
    temporal: { address: temporal.address, namespace: 'production' },
    postgresql: {
      ...{ host: database.host, port: database.port, passwordSecret: { name: 'mendloop-database' } },
      retention: { user: 'mendloop_keeper', passwordSecret: { name: 'mendloop-database', key: 'keeper' } },
    },
    audit: {
      ...{ signingKeySecret: { name: 'mendloop-audit' }, prune: 'apart' },
      pruneJob: { schedule: '0 0 1 1 *', publicKeysSecret: { name: 'mendloop-audit' } },
    },
    orders: {
      signingKeySecret: { name: 'mendloop-orders' },
      publicKeysSecret: { name: 'mendloop-orders' },
    },
    setup: { schema: { passwordSecret: { name: 'mendloop-database', key: 'owner' } } },
    rbac: { optIn: 'label' },
  });

  /** Runs the setup Jobs of the release, as they are in the cluster. */
  async function runJobs(): Promise<Record<string, { code: string; log: string }>> {
    const jobs = at(await world.cluster.human.get(`/apis/batch/v1/namespaces/${release}/jobs`), 'items') as object[];
    const ran = await Promise.all(
      jobs.map(async (job) => {
        const name = String(at(job, 'spec.template.spec.containers.0.name'));
        const spec = at(job, 'spec.template.spec');
        return [name, await world.kubelet.run({ namespace: release, spec, image: plain, reaches: reached })] as const;
      }),
    );
    return Object.fromEntries(ran);
  }

  /** A Pod of the API or the worker, as the release has it now. */
  async function start(part: 'api' | 'worker'): Promise<Container> {
    const spec = await world.podOf(release, 'deployments', `${release}-${part}`);
    return stack.add(await world.kubelet.start({ namespace: release, image: plain, reaches: reached, spec }));
  }

  async function sql(text: string): Promise<void> {
    const { host, port, user, password } = database;
    const client = new pg.Client({ host, port, user, password, database: 'postgres' });
    await client.connect();
    await client.query(text).finally(() => client.end());
  }

  beforeAll(async () => {
    const { temporal: binary } = await ensureServers(['temporal'], { progress: terminalProgress() });
    temporal = stack.add(
      await startTemporalServer({
        binary,
        headless: true,
        dataDir: join(world.folder, 'temporal'),
        searchAttributes: {},
      }),
    );
    const programs = await ensurePostgres({ progress: terminalProgress() });
    database = stack.add(await startPostgres({ programs, dataDir: await makeVolume(world, 'postgres') }));
    await sql('CREATE DATABASE mendloop');
    reached = [...world.ports, Number(temporal.address.split(':')[1]), database.port];
    const keys = Object.fromEntries(
      manifestsOf(signingKeySecrets()).map((one) => [one.metadata.name, one['stringData'] as object]),
    );
    await world.install(release, {
      values: values(),
      secrets: {
        ...keys,
        'mendloop-webhook': { token: webhookToken },
        'mendloop-users': { ann: operatorToken },
        'mendloop-database': { password: 'of the service', keeper: 'of retention', owner: database.password },
      },
    });
    await world.giveToken(webhookToken);
  });
  afterAll(() => stack.stop());

  it('is set up by its Jobs, which may run again', async () => {
    const first = await runJobs();
    expect(first).toMatchObject({ schema: { code: '0' }, temporal: { code: '0' } });
    expect(first['temporal']?.log).toContain('namespace production: made, keeps histories for 90 days');
    const again = await runJobs();
    expect(again).toMatchObject({ schema: { code: '0' }, temporal: { code: '0' } });
    expect(again['temporal']?.log).toContain('there already');
    await sql(`CREATE ROLE mendloop LOGIN PASSWORD 'of the service' IN ROLE mendloop_writer`);
    await sql(`CREATE ROLE mendloop_keeper LOGIN PASSWORD 'of retention' IN ROLE mendloop_retention`);
  });

  it('heals an alert that Alertmanager sends to its Service, the API by no account and the worker by its own', async () => {
    serving = await start('api');
    await world.serve(serving);
    worker = await start('worker');
    await heals(api(), 'apart-api');
  });

  it('is refused by admission where the namespace has no label', async () => {
    const slow = await SlowDeployment.begin(world, { namespace: 'other', name: 'apart-other' });
    await slow.tell('firing');
    expect(await api().end(slow)).toMatch(/^escalated.*TargetNotEnabled/);
    await slow.tell('resolved');
    const account = await accountOf(world.cluster.plane, { namespace: release, name: release });
    const body = { spec: { replicas: 5 } };
    expect(await account.attempt({ method: 'PATCH', path: `${slow.path}/scale`, body })).toContain(
      'the namespace is not opted in',
    );
    account.close();
    expect(await slow.replicas()).toBe(2);
  });

  it('is found well by `helm test`', async () => {
    const { code, log } = await helmTest(release, values(), plain);
    expect([code, log]).toEqual(['0', expect.stringContaining('synthetic-alert')]);
  });

  it('has rows of the audit log removed by its CronJob, which has no key to sign by, and workers no login to remove by', async () => {
    const cron = await world.cluster.human.get(`/apis/batch/v1/namespaces/${release}/cronjobs/${release}-prune`);
    const spec = at(cron, 'spec.jobTemplate.spec.template.spec');
    const { code, log } = await world.kubelet.run({ namespace: release, spec, image: plain, reaches: reached });
    expect([code, log]).toEqual(['0', expect.stringContaining('removed 0 rows')]);
    const account = await accountOf(world.cluster.plane, { namespace: release, name: `${release}-prune` });
    expect(await account.permissions(release)).toEqual([]);
    account.close();
    const files = await worker.exec(['/nodejs/bin/node', '--eval', `console.log(fs.readdirSync('/etc/mendloop'))`]);
    expect(files.stdout).toContain('audit-keys');
    expect(files.stdout).not.toContain('postgresql-retention');
  });

  it('gives the worker no key by which the API signs, and the API no token of the cluster', async () => {
    await expect(
      worker.exec(['/nodejs/bin/node', '--eval', `fs.readFileSync('/etc/mendloop/orders/key.pem')`]),
    ).rejects.toThrow('ENOENT');
  });

  it('is upgraded to other values while a remediation is under way, which ends as it should', async () => {
    const slow = await SlowDeployment.begin(world, { namespace: 'till', name: 'apart-upgraded' });
    await slow.tell('firing');
    await api().untilStep(slow, 'verifying');
    const before = [serving, worker];
    await world.upgrade(release, 'config.log.level=debug', 'rbac.actions={scale,restart}', 'worker.replicas=3');
    // As a Deployment rolls: the new Pods are there before the old ones go.
    serving = await start('api');
    worker = await start('worker');
    await world.serve(serving);
    for (const container of before) await container.stop();
    slow.recover();
    await api().untilStep(slow, 'watching');
    await slow.tell('resolved');
    expect(await api().end(slow)).toMatch(/^remediated/);
    expect(await slow.replicas()).toBe(5);
    const deployment = await world.cluster.human.get(
      `/apis/apps/v1/namespaces/${release}/deployments/${release}-worker`,
    );
    expect(at(deployment, 'spec.replicas')).toBe(3);
  }, 300_000);
});
