import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { initFiles } from '../../src/cli/init/files.ts';
import type { PolicyDiff } from '../../src/clients/policy/diff/diff-policies.ts';
import { packageRoot } from '../../src/local/package-root.ts';

let folder: string;

/** The policy folder that `mendloop init` writes, with changes. */
async function policy(name: string, change: (text: string) => string = (text) => text): Promise<string> {
  const url = 'http://127.0.0.1:1';
  for (const { path, content } of initFiles({ prometheus: url, alertmanager: url, webhook: url })) {
    if (!path.startsWith('policy/')) continue;
    const file = join(folder, name, path.slice('policy/'.length));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, change(content));
  }
  return join(folder, name);
}

async function diff(...args: string[]): Promise<string> {
  const main = join(packageRoot(), 'src', 'cli', 'main.ts');
  const run = await promisify(execFile)(process.execPath, [main, 'policy', 'diff', ...args], { cwd: folder });
  return run.stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mendloop-diff-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('says that nothing is decided otherwise, where the two are the same', async () => {
  const [before, after] = [await policy('same-1'), await policy('same-2')];
  expect(await diff(after, '--base', before)).toMatch(/Nothing is decided otherwise: \d{3,} alerts were tried/);
});

it('tells each alert that would be decided otherwise, what of it, and that it would be acted on', async () => {
  const before = await policy('watching');
  const after = await policy('acting', (text) =>
    text.replace('mode := "observe"', 'mode := "auto"').replace('"add": 1', '"add": 2'),
  );
  const told = await diff(after, '--base', before);
  expect(told).toContain('**1 would be decided otherwise**: 1 would be acted on that are not now');
  const row = told.split('\n').find((line) => line.includes('PodMemoryHigh'));
  expect(row).toContain('**watched**: scale Deployment shop/api');
  expect(row).toContain('**healed**: scale Deployment shop/api');
  expect(row).toContain('plan.parameters.add</code> <code>1</code> → <code>2</code>');
});

it('asks about the alerts of rule files and about recorded ones, a lost rule among them', async () => {
  const before = await policy('with-rule');
  const after = await policy('without-rule', (text) => text.replaceAll('"PodMemoryHigh"', '"PodMemoryVeryHigh"'));
  await writeFile(
    join(folder, 'rules.yml'),
    stringify({
      groups: [
        { name: 'g', rules: [{ alert: 'KubePodCrashLooping', expr: 'vector(1)', labels: { severity: 'info' } }] },
      ],
    }),
  );
  const labels = { alertname: 'PodMemoryHigh', namespace: 'till', deployment: 'web' };
  await writeFile(join(folder, 'recorded.json'), JSON.stringify([{ labels }]));
  const args = ['--base', before, '--rules', 'rules.yml', '--alerts', 'recorded.json', '--json'];
  const { tried, changed } = JSON.parse(await diff(after, ...args)) as PolicyDiff;
  const recorded = changed.find(({ origin }) => origin === 'recorded');
  expect(recorded).toMatchObject({ labels, before: { consequence: 'watched' }, after: { consequence: 'counted' } });
  const { tried: fewer } = JSON.parse(await diff(after, '--base', before, '--json')) as PolicyDiff;
  expect(tried).toBe(fewer + 2);
});

it('does not compare what cannot be built: it says why, and fails', async () => {
  const before = await policy('sound');
  const after = await policy('broken', (text) => text.replace('mode := "observe"', 'mode := '));
  await expect(diff(after, '--base', before)).rejects.toThrow(/broken cannot be built:[\s\S]*pod_memory_high.rego:\d+/);
});

it('is what the workflow for pull requests runs', async () => {
  const workflow = await readFile(join(packageRoot(), '.github', 'workflows', 'policy.yml'), 'utf8');
  expect(workflow).toContain('mendloop policy diff');
});
