import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Examination, Finding } from '../../../src/cli/doctor/examine.ts';
import { CHECKS } from '../../../src/cli/doctor/checks/index.ts';
import { waitFor } from '../../../dev/stack/index.ts';
import { type Installation, startInstallation } from '../../support/installation/installation.ts';

let installation: Installation;

/** A Pod whose throttling Prometheus knows, by what the exporter says of its Deployment. */
const THROTTLED = { namespace: 'shop', pod: 'api-7d9f8b6c5-x2x4z', container: 'main' };
const METRIC = 'container_cpu_cfs_throttled_seconds_total';

beforeAll(async () => {
  // The policy that comes with Mendloop.
  installation = await startInstallation({ settings: () => ({ policy: {} }) });
  installation.signals.latency.set('api', 0.1);
  await rules();
  await untilAnswered();
});
afterAll(() => installation.stop());

/** The alert that the policy answers, on a Pod whose throttling is measured, or on another. */
async function rules({
  severity = 'critical',
  fires = THROTTLED,
}: { severity?: string; fires?: object } = {}): Promise<void> {
  const alert = {
    alert: 'PodCPUThrottling',
    expr: `max by (namespace, pod) (shop_throttled) > 1000`,
    labels: { severity, team: 'platform' },
  };
  const records = [
    { record: METRIC, expr: 'test_latency_seconds', labels: THROTTLED },
    { record: 'shop_throttled', expr: 'test_latency_seconds', labels: fires },
  ];
  await installation.prometheus.reload({
    config: stringify({ ...installation.prometheusConfig, rule_files: ['doctor.rules.yml'] }),
    ruleFiles: { 'doctor.rules.yml': stringify({ groups: [{ name: 'doctor', rules: [...records, alert] }] }) },
  });
}

/** Until Prometheus has evaluated the rules, and the plan's query has a value. */
async function untilAnswered(): Promise<void> {
  const isAnswered = async () => (await doctor('--skip', 'end to end')).of('policy-queries').status === 'ok';
  await waitFor(isAnswered, { what: 'the plan of the rule', timeoutMs: 60_000 });
}

/** A finding of a later run, once it is as wanted. */
const POLL = { timeout: 60_000 };

async function doctor(...args: string[]) {
  const { code, stdout, stderr } = await installation.command('doctor', '--json', ...args);
  if (stdout === '') throw new Error(stderr);
  const { ok, checks } = JSON.parse(stdout) as Examination;
  const of = (name: string): Finding => {
    const found = checks.find((check) => check.code === name);
    if (found === undefined) throw new Error(`no finding of ${name}`);
    return found;
  };
  return { code, ok, checks, of };
}

describe('mendloop doctor --pre', () => {
  it('asks only what can be asked before an installation, and says that all is there', async () => {
    const { code, checks } = await doctor('--pre');
    expect(checks.map((check) => check.code)).toEqual(
      CHECKS.filter(({ beforeInstall }) => beforeInstall).map((check) => check.code),
    );
    expect(checks.filter(({ status, severity }) => status === 'failed' && severity === 'fatal')).toEqual([]);
    expect(code).toBe(0);
  });
});

describe('mendloop doctor, before anything runs', () => {
  it('finds neither workers nor store nor API, and exits with 1', async () => {
    const { code, ok, of } = await doctor();
    expect(of('temporal-workers')).toMatchObject({
      status: 'failed',
      details: ['no worker takes workflows', 'no worker takes activities'],
    });
    expect(of('store-reachable').status).toBe('failed');
    expect(of('store-schema')).toMatchObject({ status: 'skipped', text: 'cannot be asked: store-reachable failed' });
    expect(of('api-ready').status).toBe('failed');
    expect(of('synthetic-alert').status).toBe('skipped');
    expect([code, ok]).toEqual([1, false]);
  });
});

describe('mendloop doctor, of an installation that runs', () => {
  beforeAll(async () => {
    await installation.startApi();
    await installation.startWorker();
  });

  it('asks every check; all that is fatal holds, and a synthetic alert is observed to its end', async () => {
    // Policy acts nowhere by itself here, so that what it may do has to be named.
    const { code, ok, checks, of } = await doctor('--action', 'scale', '--namespace', 'default');
    expect(checks.map((check) => check.code)).toEqual(CHECKS.map((check) => check.code));
    const fatal = checks.filter(({ severity }) => severity === 'fatal');
    // There is no current version where workers have none.
    const others = fatal.filter(({ status }) => status !== 'ok').map((check) => [check.code, check.status]);
    expect(others).toEqual([['temporal-current-version', 'skipped']]);
    expect([code, ok]).toEqual([0, true]);
    expect(of('policy-answers').text).toContain('1 plans');
    expect(of('alertmanager-route').text).toBe('receiver mendloop');
    expect(of('synthetic-alert').text).toMatch(/^Mode observe/);
    for (const { link, code: name } of checks) expect(link).toBe(`docs/doctor.md#${name}`);
  });

  it('leaves no alert that is entered again: each run has one remediation, which stays the only one', async () => {
    const count = async () => (await installation.client.workflow.count(`MendloopAlert = 'MendloopDoctor'`)).count;
    const before = await count();
    await doctor();
    await expect.poll(count).toBe(before + 1);
  });

  it('warns of what makes it less than was meant, and still exits with 0', async () => {
    const { code, of } = await doctor('--skip', 'end to end');
    expect(of('temporal-retention')).toMatchObject({ severity: 'warning', status: 'failed', text: '1 days, not 90' });
    expect(code).toBe(0);
  });

  it('names the query whose series have other labels than the plan asks for', async () => {
    await rules({ fires: { ...THROTTLED, pod: 'web-5f6c7d8b9-k2k4m' } });
    try {
      await expect
        .poll(async () => (await doctor('--skip', 'end to end')).of('policy-queries'), POLL)
        .toMatchObject({ status: 'failed', details: [expect.stringContaining(`${METRIC} exists, with other labels`)] });
    } finally {
      await rules();
    }
  });

  it('says that nothing would be healed where policy answers no rule with a plan', async () => {
    await rules({ severity: 'info' });
    try {
      await expect
        .poll(async () => (await doctor('--skip', 'end to end')).of('policy-answers'), POLL)
        .toMatchObject({ status: 'failed', text: expect.stringContaining('nothing would be healed') as unknown });
    } finally {
      await rules();
    }
  });

  it.each([
    [
      'alertmanager-route',
      'no receiver has the webhook',
      { receivers: [{ name: 'nobody' }], route: { receiver: 'nobody' } },
    ],
    [
      'alertmanager-route',
      'PodCPUThrottling (severity=critical, namespace=shop) goes to nobody only',
      { route: { receiver: 'nobody', routes: [{ receiver: 'mendloop', matchers: ['team="other"'] }] } },
    ],
    [
      'alertmanager-inhibition',
      'PodCPUThrottling (severity=critical, namespace=shop) is muted while alertname="Maintenance" with the same namespace fires',
      {
        route: { receiver: 'mendloop' },
        inhibit_rules: [
          { source_matchers: ['alertname="Maintenance"'], target_matchers: ['team="platform"'], equal: ['namespace'] },
        ],
      },
    ],
  ])('%s: %s', async (code, words, changed) => {
    const receivers = [
      { name: 'mendloop', webhook_configs: [{ url: `${installation.apiUrl}/webhooks/alertmanager` }] },
      { name: 'nobody' },
    ];
    await installation.alertmanager.reload(stringify({ receivers, ...changed }));
    await untilAnswered();
    const finding = (await doctor('--skip', 'end to end')).of(code);
    expect(finding.status).toBe('failed');
    expect([finding.text, ...(finding.details ?? [])].join('\n')).toContain(words);
  });
});
