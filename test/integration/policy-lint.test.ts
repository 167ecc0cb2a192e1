import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lintPolicy } from '../../src/clients/policy/lint/lint-policy.ts';
import { ensureServers, terminalProgress } from '../../dev/stack/index.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { POLICY } from '../support/opa.ts';

let opa: string;
let regal: { program: string; configFile: string };
let folder: string;
let serial = 0;

beforeAll(async () => {
  const servers = await ensureServers(['opa', 'regal'], { progress: terminalProgress() });
  opa = servers.opa.path;
  regal = { program: servers.regal.path, configFile: join(packageRoot(), 'tools', 'regal.yaml') };
  folder = await mkdtemp(join(tmpdir(), 'mendloop-lint-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A folder of one's own with these files. */
async function own(files: Readonly<Record<string, string>>): Promise<string> {
  const at = join(folder, `own-${(serial += 1)}`);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(at, path)), { recursive: true });
    await writeFile(join(at, path), text);
  }
  return at;
}

const ruleFiles = () => [join(packageRoot(), 'observability', 'prometheus', 'remediation.rules.yml')];
async function lint(files: Readonly<Record<string, string>>) {
  const at = await own(files);
  const report = await lintPolicy({ opa, regal, sources: [POLICY, at], own: [at], ruleFiles: ruleFiles() });
  const found = report.findings.map(({ severity, check, rule, place }) => {
    const mine = place?.file.startsWith(at) === true ? `${relative(at, place.file)}:${place.line ?? ''}` : undefined;
    return [severity, check, rule, mine].filter((part) => part !== undefined).join(' ');
  });
  return { ...report, found };
}

const mine = (name: string, lines: string) =>
  `package mendloop.rules.${name}\n\nimport data.mendloop.lib\n\nwants := {"alertname": "OrderServiceCPUThrottling", "team": "${name}"}\n\n${lines}\n`;

describe('the linter', () => {
  it('finds nothing in the policy that comes with Mendloop', async () => {
    const report = await lintPolicy({ opa, regal, sources: [POLICY], ruleFiles: ruleFiles() });
    expect(report.findings).toEqual([]);
    expect(report.counts.catalogue).toBeGreaterThan(300);
    expect(report.counts.samples).toBeGreaterThan(report.counts.catalogue);
  });

  it('finds nothing in a rule of five lines', async () => {
    const { found, counts } = await lint({ 'mine.rego': mine('mine', 'plan := lib.scale_service("order-service")') });
    expect(found).toEqual([]);
    expect(counts.rules).toBe(3);
  });

  it('says what opa check, opa fmt and Regal say, with the place', async () => {
    const { found } = await lint({
      'unsafe.rego': 'package mendloop.rules.unsafe\n\nwants := missing\n',
      'style.rego': 'package helpers\n\nx  :=  1\n',
    });
    expect(found).toContain('error opa-check unsafe.rego:3');
    expect(found).toContain('error opa-fmt style.rego:');
    const { found: regal, findings } = await lint({
      'constant.rego': 'package helpers\n\nx if 1 == 1\n',
    });
    expect(regal).toEqual(['error regal constant.rego:3']);
    expect(findings[0]?.message).toMatch(/^bugs\/constant-condition: /);
  });

  it('finds a plan without budget, runbook, or an alert that fires', async () => {
    const { found } = await lint({
      'mine.rego': mine(
        'mine',
        'plan := object.remove(lib.scale_service("order-service"), ["budget", "runbookUrl"])',
      ).replace('OrderServiceCPUThrottling', 'NobodyRaisesThis'),
    });
    expect(found).toEqual([
      'error alert mine mine.rego:7',
      'error budget mine mine.rego:7',
      'error runbook mine mine.rego:7',
    ]);
  });

  it('takes a reason for no budget, and tells of one that is left over', async () => {
    const { found } = await lint({
      'mine.rego': mine('mine', 'plan := object.remove(lib.scale_service("order-service"), ["budget"])'),
      'overrides/data.yaml': 'limits:\n  withoutBudget:\n    mine: It is small.\n    gone: It was small.\n',
    });
    expect(found).toEqual(['warning budget overrides/data.yaml:4']);
  });

  it('finds an objective beyond the SLO, a window that leaves no time, a query that cannot be asked', async () => {
    const { found } = await lint({
      'overrides/data.yaml': [
        'services:',
        '  order-service:',
        '    objective:',
        '      { name: p95, query: { expr: latency, vars: {} }, comparison: "<=", threshold: 0.3, unit: s }',
        '    defaults: { deadlineSeconds: 20 }',
        '  cart:',
        '    target: { namespace: shop, kind: Deployment, name: cart }',
        '    scale: { add: 1, max: 3 }',
        '    budget: { name: default }',
        '    runbook: https://runbooks.example.com/cart',
        '    objective:',
        '      { name: load, query: { expr: "sum(rate(x[5m]", vars: {} }, comparison: "<=", threshold: 1 }',
        '  stock:',
        '    target: { namespace: shop, kind: Deployment, name: stock }',
        '    scale: { add: 1, max: 3 }',
        '',
      ].join('\n'),
    });
    expect(found.toSorted()).toEqual([
      'error example services/stock overrides/data.yaml:13',
      'error provable order_service_cpu_throttling',
      'error provable services/order-service overrides/data.yaml:2',
      'error query services/cart overrides/data.yaml:6',
      'error slo order_service_cpu_throttling',
      'error slo services/order-service overrides/data.yaml:2',
    ]);
  });

  it('finds a plan in another shape, one that the limits turn down, and an example that another rule decides', async () => {
    const { found } = await lint({
      'shape.rego': mine('shape', 'plan := object.union(lib.scale_service("order-service"), {"action": "reboot"})'),
      'large.rego': mine(
        'large',
        'plan := object.union(lib.scale_service("order-service"), {"parameters": {"replicas": 999}})',
      ),
      'stolen.rego': mine(
        'stolen',
        'plan := lib.scale_service("order-service")\n\nexamples := [{"severity": "critical"}]',
      ).replace(', "team": "stolen"', ''),
    });
    expect(found).toEqual([
      'error example large large.rego:7',
      'error answer shape shape.rego:7',
      'error example stolen stolen.rego:7',
    ]);
  });

  it('says that a key stands in two folders', async () => {
    const { found } = await lint({ 'limits/data.yaml': 'maxReplicas: 3\n' });
    expect(found).toEqual([expect.stringMatching(/^error opa-(check|eval)/)]);
  });
});

describe('mendloop policy', () => {
  const mendloop = async (...args: string[]) => {
    const program = join(packageRoot(), 'bin', 'mendloop.js');
    return await promisify(execFile)(process.execPath, [program, ...args], {
      cwd: packageRoot(),
      maxBuffer: 16 * 1024 * 1024,
    }).then(
      ({ stdout }) => ({ exitCode: 0, stdout }),
      (error: unknown) => error as { code: number; stdout: string; stderr: string },
    );
  };

  it('lint ends with 0 without errors, and with 1 and their places else', async () => {
    expect(await mendloop('policy', 'lint')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/\n0 errors, 0 warnings\n$/) as string,
    });
    const at = await own({
      'mine.rego': mine('mine', 'plan := object.remove(lib.scale_service("order-service"), ["budget"])'),
    });
    const failed = await mendloop('policy', 'lint', at, '--json');
    expect(failed).toMatchObject({ code: 1 });
    expect(JSON.parse(failed.stdout)).toMatchObject({
      findings: [{ check: 'budget', rule: 'mine', place: { file: join(at, 'mine.rego'), line: 7 } }],
      summary: { errors: 1, warnings: 0 },
    });
    expect(await mendloop('policy', 'lint', '--rules', join(folder, 'nothing-*.yml'))).toMatchObject({
      code: 1,
      stdout: '',
    });
  });

  it('build makes a bundle that explain decides by, and leaves a good one where the new one is broken', async () => {
    const output = join(folder, 'built.tar.gz');
    const at = await own({ 'mine.rego': mine('mine', 'plan := lib.scale_service("order-service")') });
    expect(await mendloop('policy', 'build', at, '--output', output, '--revision', 'c0ffee')).toMatchObject({
      exitCode: 0,
    });
    const file = join(folder, 'alert.json');
    await writeFile(file, JSON.stringify({ labels: { alertname: 'OrderServiceCPUThrottling', team: 'mine' } }));
    const explained = await mendloop('explain', file, '--policy', output, '--json');
    expect(JSON.parse(explained.stdout)).toMatchObject({
      alert: { labels: { team: 'mine' } },
      decision: {
        verdict: 'plan',
        rule: 'mine',
        policyRevision: 'c0ffee',
        effectiveMode: { mode: 'auto', source: 'policy' },
      },
    });

    const before = await readFile(output);
    const broken = await own({ 'mine.rego': 'package mendloop.rules.mine\n\nwants := missing\n' });
    expect(await mendloop('policy', 'build', broken, '--output', output)).toMatchObject({ code: 1 });
    expect(await readFile(output)).toEqual(before);
  });
});
