import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RemediationDetail, RemediationPage } from '../../src/api/remediations/remediations.ts';
import { targetGuardId } from '../../src/contract/guards.ts';
import { guardTaskQueue } from '../../src/domain/guards/names.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { waitFor } from '../../dev/stack/index.ts';
import { anAlert } from '../support/alerts.ts';
import { ASKS_FOR_APPROVAL, type PeopleStack, startPeopleStack } from '../support/people-stack.ts';

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
  await writeFile(settings, `temporal: { taskQueue: ${stack.taskQueue} }\n`);
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

  it('pauses, shows and resumes the cluster, and resets a target', async () => {
    expect((await mendloop('pause', '--reason', 'migration', '--as', 'ann')).stdout).toMatch(/^Paused\./);
    expect((await mendloop('guards')).stdout).toMatch(/Switch\s+paused for \d+s by ann: migration/);
    expect((await mendloop('resume')).stdout).toBe('Resumed.\n');
    const target = { cluster: 'default', namespace: 'shop', kind: 'Deployment', name: 'api' } as const;
    await stack.client.workflow.start('targetGuard', {
      ...{ workflowId: targetGuardId(target), taskQueue: guardTaskQueue(stack.taskQueue), args: [{}] },
    });
    const name = 'default/shop/Deployment/api';
    const seen = async () => (await mendloopJson<{ targets: { target: string }[] }>('guards')).targets.length === 1;
    await waitFor(seen, { what: 'the guard to be listed', timeoutMs: 60_000 });
    expect((await mendloop('guards', 'reset', name, '--reason', 'mended')).stdout).toBe(`Reset ${name}.\n`);
    expect((await mendloop('guards', 'reset', `${name}-2`)).stderr).toContain('there is nothing to reset');
  });

  it.each([
    [['approve', 'x', '--reason', 'y'], "x is no remediation's ID"],
    [['approve', 'remediation/A/0123456789abcdef/1', '--reason', 'y'], 'there is no remediation'],
    [['approve', 'remediation/A/0123456789abcdef/1'], "required option '--reason <text>' not specified"],
    [['show', 'remediation/A/0123456789abcdef/1'], 'there is no remediation'],
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

  it.each(['remediations', 'show', 'approve', 'reject', 'undo', 'pause', 'resume', 'guards'])(
    'explains %s',
    async (command) => {
      const { code, stdout } = await mendloop(command, '--help');
      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples:\n {2}\$ mendloop /);
    },
  );
});
