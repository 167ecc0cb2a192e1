import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
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

const ruleFiles = () =>
  ['remediation.rules.yml', 'demo/order-service.rules.yml'].map((name) =>
    join(packageRoot(), 'observability', 'prometheus', name),
  );
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
    expect(counts.rules).toBe(4);
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
      'error provable services/order-service overrides/data.yaml:2',
      'error query services/cart overrides/data.yaml:6',
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

  const LACKING: readonly (readonly [string, string])[] = [
    ['semver.compare', 'semver.compare("1.2.3", lib.labels.version) == -1'],
    ['time.now_ns', 'time.now_ns() > 0'],
    ['http.send', 'http.send({"method": "get", "url": "http://127.0.0.1:1"}).status_code == 200'],
    ['units.parse', 'units.parse("10K") > 0'],
    ['io.jwt.decode', 'count(io.jwt.decode(lib.labels.token)) == 3'],
    ['rand.intn', 'rand.intn("x", 10) > 3'],
    ['strings.any_prefix_match', 'strings.any_prefix_match(lib.alertname, "Order")'],
    ['object.subset', 'object.subset(lib.labels, {"a": "b"})'],
  ];
  it('finds each built-in function that the engine does not have, with its name and place', async () => {
    const { findings, found } = await lint(
      Object.fromEntries(
        LACKING.map(([, call], index) => [
          `r${index}.rego`,
          mine(`r${index}`, `plan := lib.scale_service("order-service") if {\n\t${call}\n}`),
        ]),
      ),
    );
    const told = findings.flatMap(({ check, place, message }) =>
      check === 'builtin' ? [[basename(place?.file ?? ''), place?.line, message]] : [],
    );
    expect(told.toSorted()).toEqual(
      LACKING.map(([name], index) => [`r${index}.rego`, 8, expect.stringContaining(`function ${name}:`) as string]),
    );
    expect(found.filter((line) => !line.includes('builtin'))).toEqual([]);
  });

  it('takes what the engine does have, and what only tests and comments call', async () => {
    const { found } = await lint({
      'mine.rego': mine(
        'mine',
        [
          '# time.now_ns() is not for rules.',
          'plan := lib.scale_service("order-service") if {',
          '\tsprintf("%s", [lib.alertname]) != ""',
          '\tregex.match(`^O`, lib.alertname)',
          '\tobject.keys(lib.labels) != set()',
          '}',
        ].join('\n'),
      ),
      'mine_test.rego': 'package mine_test\n\ntest_now if time.now_ns() > 0\n',
    });
    expect(found).toEqual([]);
  });

  it('lets a server have every built-in function', async () => {
    const at = await own({
      'mine.rego': mine('mine', 'plan := lib.scale_service("order-service") if time.now_ns() > 0'),
    });
    const report = await lintPolicy({
      opa,
      sources: [POLICY, at],
      own: [at],
      ruleFiles: ruleFiles(),
      engine: 'server',
    });
    expect(report.findings).toEqual([]);
  });

  it('tries a rule about hours at noon on a Wednesday, or when the rule says', async () => {
    const night = 'plan := lib.scale_service("order-service") if input.now.hour >= 22';
    const { found } = await lint({
      'day.rego': mine('day', 'plan := lib.scale_service("order-service") if input.now.weekday == "Wednesday"'),
      'night.rego': mine('night', night),
      'told.rego': mine('told', `${night}\n\nexamples_now := {"hour": 23}`),
    });
    expect(found).toEqual(['error example night night.rego:7']);
  });

  it('says that a key stands in two folders', async () => {
    const { found } = await lint({ 'limits/data.yaml': 'maxReplicas: 3\n' });
    expect(found).toEqual(['error opa-eval limits/data.yaml:1']);
  });

  const CART = [
    'cart:',
    '  target: { namespace: shop, kind: Deployment, name: cart }',
    '  scale: { add: 1, max: 3 }',
    '  budget: { name: default }',
    '  runbook: https://runbooks.example.com/cart',
    '',
  ].join('\n');
  const CART_SLO = "cart: { latency: { quantile: '0.95', thresholdSeconds: 0.3 } }\n";
  const SCALES_CART = mine('mine', 'plan := lib.scale_service("cart")');

  it.each(['aproval: { quorum: 2 }', 'neighbors: [stock]', 'guard: {}', 'lese: {}', 'slo: {}', 'limit: { max: 2 }'])(
    'finds a typing error that would leave a plan without its terms: %s',
    async (line) => {
      const { findings, found } = await lint({
        'rules/mine.rego': SCALES_CART,
        'services/data.yaml': `${CART}  ${line}\n`,
        'slos/data.yaml': CART_SLO,
      });
      expect(found).toEqual(['error data services/data.yaml:6']);
      expect(findings[0]?.message).toMatch(/^services\.cart\.\w+ is not a known key/);
    },
  );

  it('finds a typing error in any file of data, also in the name of a folder, and beside rules that do not compile', async () => {
    const { found } = await lint({
      'overrides/mine.yml': 'limits:\n  maxReplica: 3\n',
      'slo/data.yaml': CART_SLO,
      'teams/more/data.json': '{"a": 1}',
      '.github/workflows/ci.yml': 'on: push\n',
      'broken.rego': 'package mendloop.rules.broken\n\nwants := missing\n',
    });
    expect(found.toSorted()).toEqual([
      'error data overrides/mine.yml:2',
      'error data slo/data.yaml:1',
      'error data teams/more/data.json:1',
      'error opa-check broken.rego:3',
    ]);
  });

  it('tells what is wrong with a file once, and of that file', async () => {
    const broken = await lint({ 'services/data.yaml': 'cart: [1\n' });
    expect(broken.found).toEqual(['error data services/data.yaml:2']);
    const syntax = await lint({ 'mine.rego': 'package mendloop.rules.mine\n\nwants := {\n' });
    expect(syntax.found).toEqual(['error opa-check mine.rego:4']);
    const unpaid = await lint({
      'rules/mine.rego': SCALES_CART,
      'services/data.yaml': CART.replace(/ {2}budget.*\n/, ''),
      'slos/data.yaml': CART_SLO,
    });
    expect(unpaid.found).toEqual(['error budget services/cart services/data.yaml:1']);
    const limited = await lint({ 'overrides/data.yaml': 'limits:\n  maxReplicas: 3\n' });
    expect(limited.found).toEqual(['error example order_service_cpu_throttling overrides/data.yaml:2']);
  });

  it('says that seconds are wanted where a duration stands', async () => {
    const { findings, found } = await lint({
      'services/data.yaml': CART,
      'slos/data.yaml': CART_SLO.replace('0.3', '300ms'),
    });
    expect(found).toEqual(['error data slos/data.yaml:1']);
    expect(findings[0]?.message).toBe('slos.cart.latency.thresholdSeconds must be a number of seconds: 0.3 for 300ms');
  });

  it.each<[string, Record<string, string>, string]>([
    ['a service', {}, 'services.cart is missing'],
    [
      'a service of another name',
      { 'services/data.yaml': CART.replace('cart:', 'crt:'), 'slos/data.yaml': CART_SLO.replace('cart:', 'crt:') },
      'services.cart is missing; did you mean crt?',
    ],
    [
      'its scale',
      { 'services/data.yaml': CART.replace(/ {2}scale.*\n/, ''), 'slos/data.yaml': CART_SLO },
      'services.cart.scale is missing',
    ],
    ['its promise', { 'services/data.yaml': CART }, 'slos.cart.latency is missing, or services.cart.objective'],
    [
      'its target',
      { 'services/data.yaml': CART.replace(/ {2}target.*\n/, ''), 'slos/data.yaml': CART_SLO },
      'services.cart.target is missing',
    ],
  ])('says which key is lacking: %s', async (_, data, message) => {
    const { findings } = await lint({ 'rules/mine.rego': SCALES_CART, ...data });
    expect(findings.map((finding) => finding.message)).toEqual([expect.stringContaining(message)]);
  });

  it("knows the alerts of Mendloop's own rules beside rule files of one's own", async () => {
    const at = await own({
      'mine.rego': mine('mine', 'plan := lib.scale_service("order-service")').replace('OrderService', 'My'),
      'theirs.rego': mine('theirs', 'plan := lib.scale_service("order-service")'),
      'alerts.yml': 'groups: [{ name: a, rules: [{ alert: MyCPUThrottling, expr: up }] }]\n',
    });
    await mkdir(join(at, '..', 'alerts'), { recursive: true });
    const alerts = join(at, '..', 'alerts', 'mine.yml');
    await rename(join(at, 'alerts.yml'), alerts);
    const options = { opa, sources: [POLICY, at], own: [at], ruleFiles: [alerts] };
    expect((await lintPolicy({ ...options, shippedRuleFiles: ruleFiles() })).findings).toEqual([]);
    const unshipped = await lintPolicy(options);
    expect(unshipped.findings.map(({ check, rule }) => [check, rule])).toEqual([['alert', 'theirs']]);
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

  it('build refuses what lint refuses, with the place', async () => {
    const output = join(folder, 'refused.tar.gz');
    const at = await own({
      'overrides/data.yaml': 'services:\n  order-service:\n    aproval: { quorum: 2 }\n',
    });
    const typo = await mendloop('policy', 'build', at, '--output', output);
    expect(typo).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /data\.yaml:3:5: error: overrides\.services\.order-service\.aproval is not a known key; did you mean approval\?/,
      ) as string,
    });
    const clock = await own({
      'mine.rego': mine('mine', 'plan := lib.scale_service("order-service") if time.now_ns() > 0'),
    });
    expect(await mendloop('policy', 'build', clock, '--output', output)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/mine\.rego:7:\d+: error: .*no built-in function time\.now_ns/) as string,
    });
    await expect(readFile(output)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it("lint works as documented, with rule files of one's own", async () => {
    const at = await own({ 'services/data.yaml': '{}\n' });
    const alerts = join(folder, 'documented.yml');
    await writeFile(alerts, 'groups: [{ name: a, rules: [{ alert: Mine, expr: up }] }]\n');
    expect(await mendloop('policy', 'lint', at, '--rules', alerts)).toMatchObject({ exitCode: 0 });
  });

  it('test runs the tests with the OPA that is at hand, and ends as they do', async () => {
    const passing = await own({ 'mine_test.rego': 'package mine_test\n\ntest_one if 1 + 1 == 2\n' });
    expect(await mendloop('policy', 'test', passing)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^PASS: \d+\/\d+$/m) as string,
    });
    const failing = await own({ 'mine_test.rego': 'package mine_test\n\ntest_two if 1 + 1 == 3\n' });
    const failed = await mendloop('policy', 'test', failing, '--run', 'test_two');
    expect(failed).toMatchObject({ stdout: expect.stringContaining('test_two: FAIL') as string });
    expect('code' in failed && failed.code).toBeGreaterThan(0);
  });
});
