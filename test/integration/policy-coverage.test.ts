import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { CoverageReport } from '../../src/clients/policy/coverage/coverage-report.ts';
import { packageRoot } from '../../src/local/package-root.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mendloop-coverage-'));
  const rule = (alert: string, severity: string) => ({ alert, expr: 'vector(1)', labels: { severity } });
  const file = (...rules: object[]) => stringify({ groups: [{ name: 'g', rules }] });
  await writeFile(
    join(folder, 'known.yml'),
    file(rule('KubePodCrashLooping', 'warning'), rule('KubeAPIDown', 'critical')),
  );
  await writeFile(join(folder, 'unknown.yml'), file(rule('TillIsOnFire', 'critical'), rule('Watchdog', 'none')));
  await writeFile(join(folder, 'broken.yaml'), 'groups: [\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function coverage(
  args: readonly string[],
  stdin = '',
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const main = join(packageRoot(), 'src', 'cli', 'main.ts');
  const child = spawn(process.execPath, [main, 'policy', 'coverage', ...args], { cwd: folder });
  child.stdin.end(stdin);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

describe('mendloop policy coverage', () => {
  it('says of each alert what becomes of it, and ends well where all are known', async () => {
    const { code, stdout } = await coverage(['--rules', 'known.yml']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^KubePodCrashLooping +warning +watched +asked +restart, then rollback_release$/m);
    expect(stdout).toMatch(/^KubeAPIDown +critical +told +The cluster's own machinery is at fault/m);
    expect(stdout).toMatch(/^2 alerts +now +turned on/m);
  });

  it('ends with 1 where one is unknown, which comes first', async () => {
    const { code, stdout } = await coverage(['--rules', '{known,unknown}.yml']);
    expect(code).toBe(1);
    expect(stdout.split('\n')[1]).toMatch(/^TillIsOnFire +critical +unknown/);
  });

  it('reads standard input, and gives programs all of it', async () => {
    const list = {
      kind: 'List',
      items: [{ kind: 'PrometheusRule', spec: { groups: [{ name: 'g', rules: [{ alert: 'Watchdog' }] }] } }],
    };
    const { code, stdout } = await coverage(['--rules', '-', '--json'], stringify(list));
    const { alerts, counts } = JSON.parse(stdout) as CoverageReport;
    expect(code).toBe(0);
    expect(alerts).toMatchObject([
      { alert: 'Watchdog', now: { coverage: 'counted', rule: 'catalogue/Watchdog', actions: [] } },
    ]);
    expect(counts.now).toMatchObject({ counted: 1, unknown: 0 });
  });

  it('tells a file that is no YAML by its line, and ends with 1', async () => {
    const { code, stdout } = await coverage(['--rules', '*.y*ml']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/broken\.yaml:2: no YAML/);
  });

  it('fails where a pattern finds nothing', async () => {
    const { code, stderr } = await coverage(['--rules', 'nothing/*.yml']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('--rules nothing/*.yml: there is no such file');
  });
});
