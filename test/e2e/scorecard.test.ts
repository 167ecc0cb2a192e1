import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFlags } from '../../src/clients/flags/flag-file.ts';
import { connectTemporal, type TemporalLink } from '../../src/clients/temporal/connect.ts';
import { listPastRemediations } from '../../src/clients/temporal/past-remediations.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { Mode } from '../../src/domain/decision/mode.ts';
import { fateOf, type PastRemediation, type Scorecard } from '../../src/domain/promotion/scorecard.ts';
import { ensureServers, startTemporalServer, type TemporalServer, terminalProgress } from '../../dev/stack/index.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { REMEDIATION_WORKFLOW, RESOLVED_SIGNAL } from '../../src/contract/remediation.ts';
import { searchAttributes } from '../../src/contract/search-attributes.ts';
import { aPlan } from '../support/plans.ts';
import { FakeWorld, report } from '../workflow/fake-world.ts';
import { runRemediation, type Running } from '../workflow/run-remediation.ts';

/** A rule's name is data, in Temporal's list filter as well. */
const STRANGE = `it's "odd" \\ %_ OR 1=1`;

let server: TemporalServer;
let temporal: TemporalLink;
let folder: string;

type Script = ConstructorParameters<typeof FakeWorld>[0];

/** A world in which a rule has decided before the start, with a mode that holds. */
class DecidedWorld extends FakeWorld {
  readonly #decision: Decision;

  constructor(decision: Decision, script: Script) {
    super(script);
    this.#decision = decision;
  }

  override get decision(): Decision {
    return this.#decision;
  }
}

function world(rule: string, mode: Mode, script: Script = {}, plan = aPlan()): FakeWorld {
  const effectiveMode = { mode, source: 'test' };
  const decided = { rule, plan, mode: Mode.Auto, policyRevision: 'test', effectiveMode };
  return new DecidedWorld({ verdict: 'plan', ...decided }, script);
}

const run = (inWorld: FakeWorld, during: (running: Running) => Promise<unknown> = ({ result }) => result()) =>
  runRemediation({ address: server.address, world: inWorld }, during);

const watching = ({ status }: Running) =>
  expect.poll(async () => (await status()).step, { timeout: 90_000 }).toBe('watching');

async function cured(rule: string): Promise<void> {
  await run(world(rule, Mode.Auto), async (running) => {
    await watching(running);
    await running.handle.signal(RESOLVED_SIGNAL, {});
    await running.result();
  });
}

async function list(rule?: string): Promise<PastRemediation[]> {
  return await listPastRemediations({
    client: temporal.client,
    workflowType: REMEDIATION_WORKFLOW,
    attributes: searchAttributes,
    since: Date.now() - 3_600_000,
    ...(rule === undefined ? {} : { rule }),
  });
}

const fates = async (rule: string) => (await list(rule)).map(fateOf).toSorted();

beforeAll(async () => {
  const { temporal: binary } = await ensureServers(['temporal'], { progress: terminalProgress() });
  server = await startTemporalServer({ binary, headless: true });
  temporal = await connectTemporal(configSchema.parse({}).temporal, { address: server.address });
  folder = await mkdtemp(join(tmpdir(), 'mendloop-scorecard-'));
});

afterAll(async () => {
  await temporal.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Told {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** The command as people run it, against this server. */
async function mendloop(...args: string[]): Promise<Told> {
  const main = join(packageRoot(), 'bin', 'mendloop.js');
  const env = { ...process.env, TEMPORAL_ADDRESS: server.address, MENDLOOP_CONFIG: '' };
  return await new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { cwd: folder, env }, (error, out, errors) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, errors });
    });
  });
}

const read = (told: Told) => JSON.parse(told.out) as unknown;

describe('remediations that have ended', () => {
  it('are found with what a scorecard needs, and those that run are not', async () => {
    const bad = report({ verdict: 'bad', failure: 'VerificationFailed', summary: 'not cured' });
    const weak = { confidence: 0.1, threshold: 0.7, enough: false, summary: 'Confidence 0.1', signals: [] };
    const evidence = { threshold: 0.7, signals: [{ name: 'a', source: { kind: 'loki', query: { expr: 'a' } } }] };
    const doubtful = world('mixed', Mode.Auto, { gatherEvidence: () => Promise.resolve(weak) }, aPlan({ evidence }));
    await Promise.all([
      cured('mixed'),
      cured('mixed'),
      run(world('mixed', Mode.Auto, { verifyRemediation: () => Promise.resolve(bad) })),
      run(world('mixed', Mode.Observe)),
      run(doubtful),
      run(world('mixed', Mode.Auto), async (running) => {
        await watching(running);
        await running.handle.terminate('as an operator does');
      }),
      run(world(STRANGE, Mode.Observe)),
    ]);
    const expected = ['cured', 'cured', 'given_up', 'no_act', 'rolled_back', 'would_have_acted'];
    await expect.poll(() => fates('mixed'), { timeout: 90_000 }).toEqual(expected);
    await expect.poll(() => fates(STRANGE), { timeout: 90_000 }).toEqual(['would_have_acted']);

    await run(world('mixed', Mode.Auto), async (running) => {
      await watching(running);
      expect(await fates('mixed')).toEqual(expected);
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.result();
    });
    await expect.poll(() => fates('mixed'), { timeout: 90_000 }).toEqual(['cured', ...expected]);
    const times = (await list('mixed')).flatMap((past) => (fateOf(past) === 'cured' ? [past.cureSeconds] : []));
    expect(times.every((seconds) => seconds !== undefined && seconds > 0)).toBe(true);
    const all = await list();
    expect(new Set(all.map(({ rule }) => rule))).toEqual(new Set(['mixed', STRANGE]));
    expect(all.every(({ startedAt, closedAt }) => closedAt >= startedAt)).toBe(true);
    expect(all.map(({ closedAt }) => closedAt)).toEqual(
      all
        .map(({ closedAt }) => closedAt)
        .toSorted()
        .toReversed(),
    );
  });

  it('have a scorecard each rule', async () => {
    const cards = read(await mendloop('scorecard', '--json')) as Scorecard[];
    expect(cards.find(({ rule }) => rule === 'mixed')).toMatchObject({
      ...{ total: 7, acted: 5, cured: 3, rolledBack: 1, givenUp: 1, wouldHaveActed: 1, denied: 0 },
      outcomes: { remediated: 3, rolled_back: 1, observed: 2, lost: 1 },
      secondsToCure: { known: 3 },
    });
    const table = (await mendloop('scorecard', 'mixed')).out.split('\n');
    expect(table[0]).toMatch(/^rule +ended +would act +acted +cured/);
    expect(table[1]).toMatch(/^mixed +7 +1 +5 +3 +1 +1 +0 +0 +60 % +\d+ %/);
    expect((await mendloop('scorecard', 'mixed', '--since', '1s')).out).toBe('No remediation ended in this time.\n');
  });
});

describe('mendloop promote', () => {
  const flags = () => join(folder, 'flags.json');
  const modeNow = async (rule: string) =>
    readFlags('flags.json', await readFile(flags(), 'utf8')).resolveStringEvaluation('mendloop-mode', '', {
      ...{ targetingKey: 'a', rule },
    }).value;

  it('says what is wanting, and writes nothing', async () => {
    const told = await mendloop('promote', 'mixed', '--from', 'observe', '--write', flags());
    expect(told.code).toBe(1);
    expect(told.out).toContain(
      'mixed: observe -> approve: not enough evidence\n  - would have acted 1 times, 10 wanted',
    );
    await expect(readFile(flags())).rejects.toThrow(/ENOENT/);
  });

  it('shows the change when the evidence is enough, and makes it where told to', async () => {
    await Promise.all(Array.from({ length: 10 }, () => run(world('ready', Mode.Observe))));
    await expect.poll(async () => (await fates('ready')).length, { timeout: 90_000 }).toBe(10);

    const shown = await mendloop('promote', 'ready');
    expect(shown).toMatchObject({ code: 0, errors: '' });
    expect(shown.out).toContain('ready: observe -> approve: the evidence is enough');
    expect(shown.out).toContain('  {"===":[{"var":"rule"},"ready"]},\n  "approve"');
    await expect(readFile(flags())).rejects.toThrow(/ENOENT/);

    expect(read(await mendloop('promote', 'ready', '--json', '--write', flags()))).toMatchObject({
      ...{ rule: 'ready', from: 'observe', to: 'approve', enough: true, missing: [], file: flags(), written: true },
      change: { branch: { condition: { '===': [{ var: 'rule' }, 'ready'] }, value: 'approve' } },
    });
    expect(await modeNow('ready')).toBe('approve');
    expect(await modeNow('mixed')).toBe('observe');
  });

  it('finds the flag file in the settings, and refuses one that a worker would refuse', async () => {
    const config = join(folder, 'settings.yaml');
    await writeFile(config, `flags: { provider: file, file: ${JSON.stringify(flags())} }\n`);
    const next = await mendloop('promote', 'ready', '--config', config);
    expect(next.code).toBe(1);
    expect(next.out).toContain('ready: approve -> auto-5: not enough evidence');
    expect(await modeNow('ready')).toBe('approve');
    await writeFile(flags(), '{"flags":{}}');
    const refused = await mendloop('promote', 'ready', '--config', config);
    expect(refused.code).toBe(1);
    expect(refused.errors).toContain('has no flag mendloop-mode');
  });
});
