import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ensureServers, type ManagedProcess, terminalProgress } from '../../dev/stack/index.ts';
import { ensurePostgres } from '../../src/local/servers/postgres-programs.ts';
import { blocksTestedBy, type CodeBlock } from '../support/documented-commands.ts';
import { type Typed, typeBlocks } from '../support/documented-shell.ts';
import { FollowedPods } from '../support/installation/followed-pods.ts';
import { Incident } from '../support/installation/incidents.ts';
import { type PostgresInstallation, startPostgresInstallation } from '../support/installation/installation.ts';
import { endsWell } from '../support/installation/one-effect.ts';
import { approve, guardsOf } from '../support/installation/people.ts';
import { startServicePlace, type TemporalServicePlace } from '../support/installation/temporal-place.ts';

/** Everything is stopped and started several times. */
const PATIENCE = 600_000;
const PROOF_SECONDS = '600';

const PAGE = 'docs/backup.md';

/** The page's blocks, in its order. */
const [stopping, dumping, starting, restoring, startingAnew, looking, marked] = blocksTestedBy(
  'test/e2e/backup.test.ts',
  PAGE,
) as [CodeBlock, CodeBlock, CodeBlock, CodeBlock, CodeBlock, CodeBlock, CodeBlock];

let temporal: TemporalServicePlace;
let installation: PostgresInstallation;
let pods: FollowedPods;
let folder: string;
let type: (...blocks: CodeBlock[]) => Promise<Typed>;
let worker: ManagedProcess;

/** No Pod has a log here: the worker's is the process's. */
const PRELUDE = `
kubectl() {
  if [[ $1 == logs ]]; then cat "$FOLDER"/mendloop-worker-*.log; else command kubectl "$@"; fi
}`;

beforeAll(async () => {
  installation = await startPostgresInstallation({
    startTemporal: async (directory) => (temporal = await startServicePlace(directory)),
    sharedServer: () => temporal.database,
    settings: () => ({ temporal: { shutdownGraceSeconds: 2 } }),
  });
  let api: ManagedProcess;
  pods = await FollowedPods.start(installation.cluster, [
    {
      namespace: 'temporal',
      deployments: {
        'temporal-frontend': 'frontend',
        'temporal-history': 'history',
        'temporal-matching': 'matching',
        'temporal-worker': 'worker',
      },
      isRunning: true,
      start: () => temporal.restart(),
      stop: () => temporal.halt(),
    },
    {
      namespace: 'mendloop',
      deployments: { 'mendloop-api': 'api' },
      start: async () => void (api = await installation.startApi()),
      stop: () => api.stop(),
    },
    {
      namespace: 'mendloop',
      deployments: { 'mendloop-worker': 'worker' },
      start: async () => void (worker = await installation.startWorker()),
      stop: () => worker.stop(),
    },
  ]);
  const { kubectl } = await ensureServers(['kubectl'], { progress: terminalProgress() });
  const programs = await ensurePostgres({ progress: terminalProgress() });
  folder = await mkdtemp(join(tmpdir(), 'mendloop-backup-'));
  const { port, password } = temporal.database;
  type = (...blocks) =>
    typeBlocks(blocks, {
      folder,
      env: {
        ...installation.environment,
        ...programs.env,
        KUBECONFIG: installation.cluster.plane.kubeconfigPath,
        FOLDER: installation.directory,
        ...{ PGPORT: String(port), PGPASSWORD: password },
      },
      programs: [dirname(kubectl.path), programs.folder],
      prelude: PRELUDE,
      places: { 'postgres.databases.svc': '127.0.0.1' },
    });
  await type(starting);
});

afterAll(async () => {
  await (pods as FollowedPods | undefined)?.stop();
  await (installation as PostgresInstallation | undefined)?.stop();
  if (folder as string | undefined) await rm(folder, { recursive: true, force: true });
});

/** The same block for some of the databases. */
function of(block: CodeBlock, databases: string): CodeBlock {
  const all = 'temporal temporal_visibility mendloop';
  expect(block.text).toContain(`in ${all}; do`);
  return { ...block, text: block.text.replace(all, databases) };
}

/** All that was written since the copy is lost, of these databases. */
async function restore(databases: string): Promise<void> {
  await type(stopping, of(restoring, databases), startingAnew);
}

/** Under way: what it proves takes as long as the test needs. */
async function begun(labels: Record<string, string> = {}): Promise<Incident> {
  const incident = await Incident.prepare(installation, { deadline: PROOF_SECONDS, ...labels });
  await incident.send();
  await incident.untilStep(labels['mode'] === 'approve' ? 'awaiting_approval' : 'verifying');
  return incident;
}

describe('a copy of one moment takes the place of a server whose disk is lost', () => {
  let proving: Incident;
  let asking: Incident;
  let late: Incident;
  let anchor: string | undefined;

  it(
    'copies, goes on, and is restored into an empty server',
    async () => {
      [proving, asking] = await Promise.all([begun(), begun({ mode: 'approve' })]);
      const { stdout } = await installation.command('audit', 'verify');
      anchor = /anchor: (\S+)/.exec(stdout)?.[1];
      await type(stopping, dumping, starting);
      // What the copy does not know: a cure, an approval with its change, and a whole remediation.
      await endsWell(proving);
      await approve(installation, asking.id());
      await asking.untilStep('verifying');
      late = await begun();
      await type(stopping);
      await temporal.database.loseDisk();
      await proving.relapse();
      await type(restoring, startingAnew);
    },
    PATIENCE,
  );

  it(
    'goes on with what was open, and changes nothing twice',
    async () => {
      await proving.send();
      await endsWell(proving);
    },
    PATIENCE,
  );

  it(
    'asks for approval again, and where the change is made already, a human hears so',
    async () => {
      await asking.untilStep('awaiting_approval');
      await approve(installation, asking.id());
      const { outcome, summary } = await asking.outcome();
      expect([outcome, summary]).toEqual(['escalated', expect.stringContaining('nothing had been changed')]);
      expect(await asking.scaled()).toEqual([2, 5]);
      // Its mark names what was changed by a remediation that the copy knew as waiting.
      const { stdout } = await type(marked);
      expect(stdout.split('\n')).toContain(`${asking.namespace}/Deployment/${asking.name}`);
      asking.recover();
      await asking.send('resolved');
    },
    PATIENCE,
  );

  it(
    'enters again what began after the copy and still fires, and its change is not made again',
    async () => {
      await late.untilStep('verifying', { timeout: 120_000 });
      late.recover();
      await late.send('resolved');
      expect(await late.outcome()).toMatchObject({ outcome: 'remediated' });
      expect(await late.scaled()).toEqual([2, 5]);
      await late.untilRemediationsAre([late.id()]);
    },
    PATIENCE,
  );

  it(
    'is found well, and its log holds',
    async () => {
      const { stdout } = await type({ ...looking, text: looking.text.replace('1234:ab12...', anchor!) });
      expect(stdout).toContain('intact');
    },
    PATIENCE,
  );
});

describe('the store alone is an older copy', () => {
  it(
    'is reconciled with what is open, however little is lost: that has its target again and ends as it should',
    async () => {
      await type(stopping, dumping, starting);
      const late = await begun();
      await restore('mendloop');
      const log = () => readFile(worker.logFile, 'utf8');
      await expect
        .poll(log, { timeout: 120_000 })
        .toMatch(/"reinstated":1.*the store agrees with the open remediations/);
      await expect
        .poll(() => installation.store.sql(`SELECT FROM mendloop.claim WHERE remediation_id = '${late.id()}'`))
        .toHaveLength(1);
      await endsWell(late);
      await endsWell(await begun());
    },
    PATIENCE,
  );
});

describe('Temporal alone is an older copy', () => {
  it(
    'loses what began since; the store frees it, and its alert is entered again',
    async () => {
      await type(stopping, dumping, starting);
      const late = await begun();
      await restore('temporal temporal_visibility');
      // The sweep leaves it two minutes in which its start could be under way.
      await expect.poll(() => late.remediations(), { timeout: 300_000 }).toEqual([late.id(2)]);
      await late.untilStep('verifying', { n: 2, timeout: 120_000 });
      late.recover();
      await late.send('resolved');
      expect(await late.outcome(2)).toMatchObject({ outcome: 'remediated' });
      expect(await late.scaled()).toEqual([2, 5]);
      const lost = await installation.store.sql(
        `SELECT outcome FROM mendloop.incident WHERE remediation_id = '${late.id()}'`,
      );
      expect(lost).toEqual([{ outcome: 'lost' }]);
      await endsWell(await begun());
    },
    PATIENCE,
  );
});

describe('an installation that is to be moved', () => {
  it(
    'is looked at, paused, and gives its records, by the commands of the page',
    async () => {
      const blocks = blocksTestedBy('test/e2e/backup.test.ts', 'docs/from-standalone-to-distributed.md');
      await writeFile(join(folder, 'mendloop.yaml'), stringify(installation.settings));
      await type(...blocks);
      const read = (file: string) => readFile(join(folder, file), 'utf8');
      const verified = await installation.command(
        ...['audit', 'verify', '--file', join(folder, 'audit-standalone.jsonl')],
        ...['--public-key', join(folder, 'audit-standalone.pem')],
      );
      expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('intact') as string });
      expect(JSON.parse(await read('scorecard-standalone.json'))).toBeTypeOf('object');
      expect((await guardsOf(installation)).guard.state.paused).toBeDefined();
      await type({ ...blocks[0]!, text: 'npx mendloop resume --reason "the test is over"\n' });
    },
    PATIENCE,
  );
});
