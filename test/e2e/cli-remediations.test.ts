import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RemediationDetail, RemediationPage } from '../../src/api/remediations/remediations.ts';
import type { GuardOverview } from '../../src/domain/guards/overview.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { waitFor } from '../../dev/stack/index.ts';
import { anAlert } from '../support/alerts.ts';
import { ASKS_FOR_APPROVAL, NO_RULE_WANTS, type PeopleStack, startPeopleStack } from '../support/people-stack.ts';
import { asking, leaving } from '../support/store/requests.ts';

const run = promisify(execFile);
let stack: PeopleStack;
let folder: string;
let settings: string;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as people run it, in a process of its own. */
async function mendloop(...args: string[]): Promise<Outcome> {
  const main = join(packageRoot(), 'src/cli/main.ts');
  const env = { ...process.env, TEMPORAL_ADDRESS: stack.address, MENDLOOP_CONFIG: settings, NO_COLOR: '1' };
  try {
    return { code: 0, ...(await run(process.execPath, [main, ...args], { env })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

async function mendloopJson<T>(...args: string[]): Promise<T> {
  const { stdout } = await mendloop(...args, '--json');
  return JSON.parse(stdout) as T;
}

async function startWaiting(labels: Record<string, string> = {}): Promise<string> {
  const id = await stack.start(anAlert({ labels: { alertname: ASKS_FOR_APPROVAL, ...labels } }));
  const isAsking = async () => {
    const detail = (await (await stack.ask(`/remediations/${encodeURIComponent(id)}`)).json()) as RemediationDetail;
    return detail.status?.approval?.status === 'pending';
  };
  await waitFor(isAsking, { what: 'the question for approval', timeoutMs: 60_000 });
  return id;
}

beforeAll(async () => {
  stack = await startPeopleStack();
  folder = await mkdtemp(join(tmpdir(), 'mendloop-cli-'));
  settings = join(folder, 'mendloop.yaml');
  const { audit, orders } = stack.config;
  await writeFile(
    settings,
    JSON.stringify({ temporal: { taskQueue: stack.taskQueue }, audit: { store: audit.store }, orders }),
  );
});

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('mendloop', () => {
  it('lists, shows and approves', async () => {
    const id = await startWaiting();
    await waitFor(async () => (await mendloop('remediations', 'NeedsAppr', '--state', 'running')).stdout.includes(id), {
      ...{ what: 'the list to have it', timeoutMs: 60_000 },
    });
    const { items } = await mendloopJson<RemediationPage>(
      'remediations',
      '--alert',
      ASKS_FOR_APPROVAL,
      '--since',
      '1h',
    );
    expect(items.map((item) => item.id)).toContain(id);
    expect((await mendloop('remediations', '--outcome', 'denied', '--outcome', 'expired')).stdout).toBe(
      'No remediations.\n',
    );

    const shown = await mendloop('show', id);
    expect(shown.stdout).toMatch(/Approval\s+waiting for 1 approval by approver/);
    expect(shown.stdout).toContain('+  replicas: 5');
    expect(shown.stdout).not.toContain('\u001b');
    expect((await mendloopJson<RemediationDetail>('show', id)).status?.step).toBe('awaiting_approval');
    for (const name of ['latest', ASKS_FOR_APPROVAL.slice(0, 5)]) {
      expect((await mendloopJson<RemediationDetail>('show', name)).remediation.id).toBe(id);
    }

    const approved = await mendloop('approve', id, '--reason', 'known', '--as', 'ann');
    expect(approved).toMatchObject({ code: 0, stdout: 'approved by ann\n' });
    expect((await mendloopJson<RemediationDetail>('show', id)).status?.approval?.votes).toMatchObject([
      { by: 'ann', roles: ['*'], reason: 'known', via: 'cli' },
    ]);
  });

  it('votes in the name of the user of the operating system, with the roles it is told', async () => {
    const id = await startWaiting({ quorum: '2' });
    const refused = await mendloop('approve', id, '--reason', 'x', '--role', 'viewer');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^error: nothing was done: .* has none of the roles that may decide: approver\n$/);
    const counted = await mendloop('approve', id, '--reason', 'x', '--role', 'viewer', '--role', 'approver');
    expect(counted.stdout).toContain(`, ${userInfo().username} so far`);
    const again = await mendloop('reject', id, '--reason', 'x');
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('has voted already') as string });
    expect((await mendloop('reject', id, '--reason', 'no', '--as', 'bob')).stdout).toBe('rejected by bob: no\n');
  });

  it('undoes', async () => {
    const id = await stack.start(anAlert());
    const { client } = stack;
    await waitFor(
      async () => (await client.workflow.getHandle(id).query<{ step: string }>('status')).step === 'watching',
      { what: 'the watch', timeoutMs: 60_000 },
    );
    expect((await mendloop('undo', id, '--reason', 'wrong hour')).stdout).toContain('Heard while watching');
    await client.workflow.getHandle(id).result();
    const again = await mendloop('undo', id, '--reason', 'wrong hour');
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('nothing was done: the remediation has ended');
  });

  it('pauses, shows and resumes the cluster, in the store that everything else reads', async () => {
    expect((await mendloop('pause', '--reason', 'migration', '--as', 'ann')).stdout).toMatch(/^Paused\./);
    expect((await stack.store.guards.overview()).guard.state.paused).toMatchObject({ by: 'ann', reason: 'migration' });
    expect((await mendloop('guards')).stdout).toMatch(/Changes\s+paused for \d+s by ann: migration/);
    expect((await mendloop('resume')).stdout).toBe('Resumed.\n');
    expect((await mendloop('guards')).stdout).toMatch(/Changes\s+allowed/);
    expect((await mendloop('resume')).stdout).toBe('Nothing was paused.\n');
  });

  it.each([['pause', '--reason', 'x'], ['resume'], ['guards']])('%s makes no store of its own', async (...args) => {
    const nowhere = join(folder, 'nowhere');
    const other = join(folder, 'other.yaml');
    await writeFile(other, JSON.stringify({ audit: { store: { type: 'embedded', folder: nowhere } } }));
    const { code, stderr } = await mendloop(...args, '--config', other);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`there is no store at ${nowhere}`)]);
    expect(existsSync(nowhere)).toBe(false);
  });

  it('shows a target that has failed, and resets it', async () => {
    const target = 'default/shop/Deployment/api';
    await stack.store.admission.admit(asking('failed', { target }));
    await stack.store.admission.leave(leaving('failed', { outcome: 'rolled_back' }));
    const shown = async () => (await mendloopJson<GuardOverview>('guards')).targets;
    expect(await shown()).toMatchObject([{ target, state: { breaker: { failures: 1 } } }]);
    expect((await mendloop('guards', 'reset', target, '--reason', 'mended')).stdout).toBe(`Reset ${target}.\n`);
    expect(await stack.store.admission.preview(asking('next', { target }))).toMatchObject({ status: 'granted' });
    expect((await mendloop('guards', 'reset', `${target}-2`)).stderr).toContain('there is nothing to reset');
  });

  it('lists what no rule wants, with a rule to begin with', async () => {
    expect((await mendloop('unhandled')).stdout).toBe('No alert went unhandled.\n');
    await stack.start(anAlert({ labels: { alertname: NO_RULE_WANTS, namespace: 'shop' } }));
    expect((await mendloop('unhandled')).stdout).toContain(`no rule handles this alert`);
    const one = await mendloop('unhandled', NO_RULE_WANTS);
    expect(one.stdout).toContain('A rule to begin with:');
    expect(one.stdout).toContain(JSON.stringify(NO_RULE_WANTS));
    expect(await mendloopJson('unhandled')).toMatchObject([{ alertName: NO_RULE_WANTS, count: 1 }]);
  });

  it.each([
    [['approve', 'x', '--reason', 'y'], "x is no remediation's ID"],
    [['approve', 'remediation/default/A/0123456789abcdef/1', '--reason', 'y'], 'there is no remediation'],
    [['approve', 'remediation/default/A/0123456789abcdef/1'], "required option '--reason <text>' not specified"],
    [['show', 'remediation/default/A/0123456789abcdef/1'], 'there is no remediation'],
    [['show', 'Nothing'], 'there is no remediation that begins with Nothing'],
    [['remediations', '--state', 'open'], '--state: '],
    [['remediations', '--limit', '1000'], '--limit: '],
    [['remediations', '--since', 'yesterday'], 'yesterday is neither a time'],
    [['remediations', '--page', 'nonsense'], 'this is no token of a page'],
    [['guards', 'reset', 'api'], 'api is no target'],
    [['pause'], "required option '--reason <text>' not specified"],
  ])('%j fails and says why', async (args, why) => {
    const { code, stdout, stderr } = await mendloop(...args);
    expect(code).toBe(1);
    expect(stderr).toContain(why);
    expect(stdout).toBe('');
  });

  it.each(['remediations', 'show', 'approve', 'reject', 'undo', 'pause', 'resume', 'guards', 'unhandled'])(
    'explains %s',
    async (command) => {
      const { code, stdout } = await mendloop(command, '--help');
      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples:\n {2}\$ mendloop /);
    },
  );
});
