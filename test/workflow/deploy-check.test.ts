import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import type { DeployCheck } from '../../src/cli/deploy/describe-check.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { workflowBuildId } from '../../src/workers/workflow-bundle.ts';
import { mendloopOn } from '../support/mendloop-command.ts';
import { Builds } from './builds.ts';

// Each runs commands, which load Temporal's worker.
vi.setConfig({ testTimeout: 240_000 });

let builds: Builds;
beforeEach(async () => {
  builds = await Builds.open('deploy-check');
});
afterEach(() => builds.close());

const check = (...args: string[]) =>
  mendloopOn(inject('temporalAddress'), 'deploy', 'check', '--config', builds.settings, ...args);

/** Starts as many, which then wait for approval; gives their IDs when visibility has them. */
async function open(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push((await builds.start()).workflowId);
  for (const id of ids) await expect.poll(() => builds.stepOf(id), { timeout: 60_000 }).toBe('awaiting_approval');
  await listed(count);
  return ids;
}

async function listed(count: number): Promise<void> {
  const query = `TaskQueue = '${builds.taskQueue}' AND ExecutionStatus = 'Running'`;
  await expect.poll(async () => (await builds.client.workflow.count(query)).count, { timeout: 60_000 }).toBe(count);
}

describe('mendloop deploy check', () => {
  it('goes on with what this build began, and counts what no worker has taken up', async () => {
    await builds.withWorker({}, () => open(3));
    await builds.start();
    await listed(4);
    const { code, stdout } = await check();
    expect(stdout).toContain(`3 open workflows on task queue ${builds.taskQueue} replayed against build`);
    expect(stdout).toContain(workflowBuildId(packageRoot()));
    expect(stdout).toContain('1 have not begun');
    expect(stdout).toContain('this build goes on with all of them');
    expect(code).toBe(0);
  });

  it('refuses a build that decides otherwise, with every workflow that it would break', async () => {
    const ids = await builds.withWorker({}, () => open(3));
    const bundle = await builds.bundle('changed');
    const told = await check('--bundle', bundle);
    expect(told.stdout).toContain('remediation: this build would not go on with 3 of them');
    for (const id of ids) expect(told.stdout).toContain(`  ${id}: `);
    expect(told.stdout).toContain('roll it out beside them: docs/upgrade.md');
    expect(told.code).toBe(1);

    const { code, stdout } = await check('--bundle', bundle, '--json');
    const found = JSON.parse(stdout) as DeployCheck;
    expect(code).toBe(1);
    expect(found).toMatchObject({ taskQueue: builds.taskQueue, replayed: 3, untouched: 0, pinned: 0, more: false });
    expect(found.refused.map(({ workflowId }) => workflowId).sort()).toEqual(ids.sort());
    for (const one of found.refused) expect(one).toMatchObject({ type: 'remediation', decidesOtherwise: true });
    expect(found.buildId).not.toBe(workflowBuildId(packageRoot()));
  });

  it('takes the same change where running workflows are guarded from it', async () => {
    await builds.withWorker({}, () => open(2));
    expect(await check('--bundle', await builds.bundle('patched'))).toMatchObject({ code: 0 });
  });

  it('refuses a build that lacks a workflow that is open', async () => {
    const [id] = await builds.withWorker({}, () => open(1));
    const { code, stdout } = await check('--bundle', await builds.bundle('fewer'));
    expect(stdout).toContain('remediation: this build would not go on with 1 of them');
    expect(stdout).toContain(`  ${id}: `);
    expect(code).toBe(1);
  });

  it('looks at no more than it is told to, and says so', async () => {
    await builds.withWorker({}, () => open(3));
    const { code, stdout } = await check('--limit', '2');
    expect(stdout).toContain('2 open workflows');
    expect(stdout).toContain('there are more');
    expect(code).toBe(0);
    expect(await check('--limit', 'many')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('invalid --limit many: expected a whole number above 0') as string,
    });
  });

  it('leaves out what is pinned to a version', async () => {
    const version = { deploymentName: `${builds.taskQueue}-worker`, buildId: workflowBuildId(packageRoot()) };
    await builds.withWorker({ version }, async () => {
      const set = ['deploy', 'set-current', '--config', builds.settings, '--deployment', version.deploymentName];
      expect(await mendloopOn(inject('temporalAddress'), ...set)).toMatchObject({ code: 0 });
      await open(2);
    });
    const { code, stdout } = await check('--bundle', await builds.bundle('changed'));
    expect(stdout).toContain('0 open workflows');
    expect(stdout).toContain('2 are pinned to their version');
    expect(code).toBe(0);
  });
});
