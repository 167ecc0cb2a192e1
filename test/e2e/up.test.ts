import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../../src/local/package-root.ts';

const MAIN = join(packageRoot(), 'src/cli/main.ts');
const PATIENCE = { timeout: 90_000, interval: 200 };

/** Of a cluster that is not there: nothing of this asks it. */
const KUBECONFIG = JSON.stringify({
  ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'none', users: [] },
  clusters: [{ name: 'none', cluster: { server: 'https://127.0.0.1:9' } }],
  contexts: [{ name: 'none', context: { cluster: 'none', user: '' } }],
});

interface Command {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

function mendloop(args: readonly string[], env: NodeJS.ProcessEnv): Command {
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (text += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  return { child, output: () => text, ended };
}

/** Processes that this one has started, by their names. */
function childrenOf(pid: number): { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}/stat`))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [, command = '', parent] = /^\d+ \((.*)\) \S (\d+)/.exec(stat) ?? [];
        return Number(parent) === pid ? [{ pid: Number(name), command }] : [];
      } catch {
        return []; // It has ended meanwhile.
      }
    });
}

it('`mendloop up` is found by other commands, and ends with a code and the reason when its Temporal is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mendloop-up-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const state = join(folder, 'mine');
  const config = join(folder, 'mendloop.yaml');
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, KUBECONFIG);
  await writeFile(config, `api: { port: 0 }\nkubernetes: { kubeconfig: ${kubeconfig} }\n`);
  const { MENDLOOP_STATE: _state, MENDLOOP_CONFIG: _config, ...inherited } = process.env;
  const env = { ...inherited, XDG_STATE_HOME: join(folder, 'xdg'), NO_COLOR: '1' };
  const up = mendloop(['up', '--config', config, '--state', state], env);
  const pointers = join(folder, 'xdg', 'mendloop', 'running');
  await expect.poll(() => (existsSync(pointers) ? readdirSync(pointers).length : up.output()), PATIENCE).toBe(1);

  const alert = join(folder, 'alert.json');
  await writeFile(alert, JSON.stringify({ labels: { alertname: 'NothingKnown', severity: 'warning' } }));
  const explain = mendloop(['explain', alert], env);
  expect(await explain.ended).toBe(0);
  expect(explain.output()).toContain(`settings: ${config}, of the mendloop up that runs here`);
  expect(explain.output()).toContain(`store: ${join(state, 'audit')}`);
  const unhandled = mendloop(['unhandled'], env);
  expect(await unhandled.ended).toBe(0);
  expect(unhandled.output()).toContain(`store: ${join(state, 'audit')}`);

  const temporal = childrenOf(up.child.pid ?? 0).find(({ command }) => command.startsWith('temporal'));
  expect(temporal).toBeDefined();
  process.kill(temporal?.pid ?? 0, 'SIGKILL');
  expect(await up.ended).toBe(1);
  expect(up.output()).toMatch(/temporal.* ended with SIGKILL/i);
  expect(readdirSync(pointers)).toEqual([]);
});
