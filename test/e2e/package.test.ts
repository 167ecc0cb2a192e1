import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import {
  ensureServers,
  freePort,
  Stack,
  startAlertmanager,
  startPrometheus,
  terminalProgress,
} from '../../dev/stack/index.ts';
import { createKubernetesClient } from '../../src/clients/kubernetes/kubernetes-client.ts';
import { packageRoot } from '../../src/local/package-root.ts';

const run = promisify(execFile);
const stack = new Stack();
/** Empty, but for what the commands put there. */
let folder: string;
/** Share of its memory limit that the workload uses. */
let used = 0.95;

/** A command as people type it in that folder, with nothing of this checkout. */
async function type(command: string): Promise<string> {
  const [program = '', ...args] = command.split(' ');
  const { stdout } = await run(program, args, { cwd: folder, env: environment(), maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
const environment = () => ({ ...process.env, XDG_STATE_HOME: join(folder, 'state'), npm_config_fund: 'false' });

/** What the kubelet would say of the containers of `shop`. */
async function startKubeletMetrics(): Promise<string> {
  const server = createServer((_request, response) => {
    const labels = '{namespace="shop",pod="api-1",container="main"}';
    response.end(
      `container_memory_working_set_bytes${labels} ${used * 1000}\ncontainer_spec_memory_limit_bytes${labels} 1000\n`,
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  stack.add({
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mendloop-package-'));
  stack.add({ stop: () => rm(folder, { recursive: true, force: true }) });
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: packageRoot() });
  const [packed] = JSON.parse(stdout.slice(stdout.lastIndexOf('\n[') + 1)) as { filename: string }[];
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  await type(`npm install --no-audit ./${packed?.filename}`);
});
afterAll(() => stack.stop());

describe('the packed package in an empty folder', () => {
  it('has every command, and nothing of tests and of development', async () => {
    expect(await type('npx mendloop --help')).toContain('mendloop up');
    const { stdout } = await run('npm', ['ls', '--all', '--parseable'], { cwd: folder });
    expect(stdout).toContain(join('node_modules', 'mendloop'));
    expect(stdout).not.toMatch(/vitest|typescript-eslint/);
  });

  it('says to an older Node which one it needs, and how to have it', async () => {
    const older = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.11.0" } })';
    const main = join(folder, 'node_modules', 'mendloop', 'bin', 'mendloop.js');
    const asked = run(process.execPath, ['--import', `data:text/javascript,${older}`, main, '--version']);
    await expect(asked).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^mendloop needs Node.js 24 or newer.*npx -p node@24/) as string,
    });
  });

  it('heals an alert, from `init` on', async () => {
    const { prometheus, alertmanager } = await ensureServers(['prometheus', 'alertmanager'], {
      progress: terminalProgress(),
    });
    const metrics = await startKubeletMetrics();
    const [port, alertmanagerPort] = [await freePort(), await freePort()];
    const watching = stack.add(
      await startPrometheus({
        binary: prometheus,
        dataDir: join(folder, 'prometheus'),
        config: stringify({
          global: { scrape_interval: '1s', scrape_timeout: '1s' },
          scrape_configs: [{ job_name: 'kubelet', static_configs: [{ targets: [metrics] }] }],
        }),
      }),
    );
    const webhook = `http://127.0.0.1:${port}/webhooks/alertmanager`;
    const alertmanagerUrl = `http://127.0.0.1:${alertmanagerPort}`;
    await type(
      `npx mendloop init . --yes --prometheus ${watching.url} --alertmanager ${alertmanagerUrl} --webhook ${webhook}`,
    );

    // What the page says of letting it act: the rule's mode, its test, and the namespace.
    await edit('policy/rules/pod_memory_high.rego', (text) => text.replace('mode := "observe"', 'mode := "auto"'));
    await edit('policy/rules/pod_memory_high_test.rego', (text) => text.replace('== "observe"', '== "plan"'));
    await edit('mendloop.yaml', (text) => {
      const settings = parse(text) as { api: object };
      return stringify({ ...settings, api: { ...settings.api, port }, targets: { namespaces: ['shop'] } });
    });
    expect(await type('npx mendloop policy test policy')).toContain('PASS');
    await type('npx mendloop policy build policy --output policy.tar.gz');

    const addresses = await up();
    const cluster = createKubernetesClient({
      ...{ cluster: 'default', kubeconfig: addresses.kubeconfig, timeoutSeconds: 10 },
    });
    await cluster.create('/api/v1/namespaces', { metadata: { name: 'shop' } });
    await cluster.create('/apis/apps/v1/namespaces/shop/deployments', deployment('api'));
    const replicas = async () =>
      (await cluster.get<{ spec: { replicas: number } }>('/apis/apps/v1/namespaces/shop/deployments/api')).spec
        .replicas;

    const receiver = parse(await readFile(join(folder, 'alertmanager-receiver.yml'), 'utf8')) as {
      route: object;
      receivers: { name: string; webhook_configs: { http_config: { authorization: object } }[] }[];
    };
    for (const hook of receiver.receivers.flatMap(({ webhook_configs }) => webhook_configs)) {
      hook.http_config.authorization = { type: 'Bearer', credentials_file: join(folder, 'webhook-token') };
    }
    const alerts = stack.add(
      await startAlertmanager({
        binary: alertmanager,
        dataDir: join(folder, 'alertmanager'),
        port: alertmanagerPort,
        config: stringify({ ...receiver, route: { receiver: 'mendloop', ...receiver.route } }),
      }),
    );
    const startsAt = new Date().toISOString();
    const tell = async (minutes: number) => {
      const labels = { alertname: 'PodMemoryHigh', severity: 'warning', namespace: 'shop', deployment: 'api' };
      const endsAt = new Date(Date.now() + minutes * 60_000).toISOString();
      const body = JSON.stringify([{ labels, annotations: {}, startsAt, endsAt }]);
      const headers = { 'Content-Type': 'application/json' };
      expect((await fetch(`${alerts.url}/api/v2/alerts`, { method: 'POST', headers, body })).status).toBe(200);
    };
    await tell(10);
    await expect.poll(replicas, { timeout: 90_000 }).toBe(3);
    used = 0.4;
    const outcome = async () => {
      const listed = JSON.parse(await type('npx mendloop remediations --json')) as { items: { outcome?: string }[] };
      return listed.items.map((one) => one.outcome);
    };
    await expect.poll(outcome, { timeout: 120_000, interval: 1000 }).toEqual(['remediated']);
    await tell(0);
    expect(await type('npx mendloop show latest')).toMatch(/remediated/);
  }, 300_000);
});

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const before = await readFile(join(folder, path), 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(join(folder, path), after);
}

function deployment(name: string): object {
  const containers = [
    { name: 'main', image: 'example/none', resources: { requests: { cpu: '100m', memory: '64Mi' } } },
  ];
  const template = { metadata: { labels: { app: name } }, spec: { containers } };
  return { metadata: { name }, spec: { replicas: 2, selector: { matchLabels: { app: name } }, template } };
}

/** `npx mendloop up --with-cluster`, until it says where everything is; stopped when the tests are. */
async function up(): Promise<{ kubeconfig: string }> {
  const child = spawn('npx', ['mendloop', 'up', '--with-cluster', '--json'], { cwd: folder, env: environment() });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const closed = once(child, 'close');
  stack.add({
    stop: async () => {
      child.kill('SIGTERM');
      await closed;
    },
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('"kubeconfig"')) return JSON.parse(line) as { kubeconfig: string };
  }
  throw new Error(`it ended before it was up: ${errors}`);
}
