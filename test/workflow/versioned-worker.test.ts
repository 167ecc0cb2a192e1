import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { ensureServers, terminalProgress } from '../../dev/stack/index.ts';
import { queryExecution } from '../../src/clients/temporal/ask-execution.ts';
import { readRecord } from '../../src/clients/temporal/read-record.ts';
import { readRouting, withoutCurrent } from '../../src/clients/temporal/routing.ts';
import { setCurrentVersion } from '../../src/clients/temporal/worker-deployments.ts';
import type { WorkerVersion } from '../../src/config/worker-version.ts';
import { RESOLVED_SIGNAL, STATUS_QUERY } from '../../src/contract/remediation.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { buildIdOf, workflowBuildId } from '../../src/workers/workflow-bundle.ts';
import { mendloopOn } from '../support/mendloop-command.ts';
import { Builds } from './builds.ts';

let builds: Builds;
beforeAll(async () => {
  builds = await Builds.open('versioned');
});
afterAll(() => builds.close());

/** A machine that does other things as well. */
const PATIENT = { timeout: 60_000 };
vi.setConfig({ testTimeout: 240_000 });

const buildId = workflowBuildId(packageRoot());

const mendloop = (...args: string[]) => mendloopOn(inject('temporalAddress'), ...args);

async function temporal(...args: string[]): Promise<{ code: number }> {
  const { temporal: cli } = await ensureServers(['temporal'], { progress: terminalProgress() });
  const where = ['--address', inject('temporalAddress'), '--namespace', 'default'];
  await promisify(execFile)(cli.path, [...args, ...where]);
  return { code: 0 };
}

const WAYS = {
  'mendloop deploy set-current': (deployment: string) =>
    mendloop('deploy', 'set-current', '--config', builds.settings, '--deployment', deployment),
  'temporal worker deployment set-current-version': (deployment: string) =>
    temporal(
      ...['worker', 'deployment', 'set-current-version', '--deployment-name', deployment],
      ...['--build-id', buildId, '--yes'],
    ),
};

describe.each(Object.entries(WAYS))('a versioned worker without a current version', (way, setCurrent) => {
  it(`is never given an ordinary start, until ${way}`, async () => {
    const apart = await Builds.open(way.split(' ', 1)[0] ?? way);
    const version = { deploymentName: `${apart.taskQueue}-worker`, buildId };
    try {
      await apart.withWorker({ version }, async () => {
        const ordinary = await apart.start();
        // What asks for this version by name is begun after it: the worker is there, and takes work.
        await expect.poll(() => knows(apart, version.deploymentName), PATIENT).toBe(true);
        const pinned = await apart.startPinnedTo(version);
        await expect.poll(() => apart.stepOf(pinned.workflowId), PATIENT).toBe('awaiting_approval');
        const events = (await ordinary.fetchHistory()).events ?? [];
        expect(events.filter(({ workflowTaskStartedEventAttributes: task }) => task != null)).toEqual([]);
        const routing = await readRouting(apart.client, { taskQueue: apart.taskQueue, kind: 'workflows' });
        expect(withoutCurrent(routing)).toEqual([version]);

        expect((await setCurrent(version.deploymentName)).code).toBe(0);
        await expect.poll(() => apart.stepOf(ordinary.workflowId), PATIENT).toBe('awaiting_approval');
        const { raw } = await ordinary.describe();
        expect(raw.workflowExecutionInfo?.versioningInfo).toMatchObject({ behavior: 1, deploymentVersion: version });
        const mended = await readRouting(apart.client, { taskQueue: apart.taskQueue, kind: 'workflows' });
        expect(mended.current).toEqual(version);
        expect(withoutCurrent(mended)).toEqual([]);
      });
    } finally {
      await apart.close();
    }
  });
});

/** Whether Temporal has heard of a worker of this deployment. */
async function knows({ client, taskQueue }: Builds, deploymentName: string): Promise<boolean> {
  const { pollers } = await readRouting(client, { taskQueue, kind: 'workflows' });
  return pollers.some(({ version }) => version?.deploymentName === deploymentName);
}

describe('a remediation that has ended on a version whose workers have gone', () => {
  it('answers no query any more, and what it returned is read all the same', async () => {
    const apart = await Builds.open('gone');
    const deploymentName = `${apart.taskQueue}-worker`;
    const version = { deploymentName, buildId };
    const next = { deploymentName, buildId: buildIdOf(await readFile(await apart.bundle('patched'), 'utf8')) };
    const setCurrent = (wanted: WorkerVersion) => setCurrentVersion(apart.client, wanted, { waitSeconds: 60 });
    try {
      const { workflowId } = await apart.start();
      await apart.withWorker({ version }, async () => {
        await setCurrent(version);
        await expect.poll(() => apart.stepOf(workflowId), PATIENT).toBe('awaiting_approval');
        await apart.client.workflow.getHandle(workflowId).signal(RESOLVED_SIGNAL, {});
        await apart.client.workflow.getHandle(workflowId).result();
      });
      await apart.withWorker({ build: 'patched', version: next }, async () => {
        await setCurrent(next);
        const asked = { client: apart.client, workflowId, query: STATUS_QUERY };
        expect((await queryExecution(asked)).status).toBe('silent');
        expect(await readRecord(apart.client, asked)).toMatchObject({ step: 'ended', outcome: 'already_healthy' });
      });
    } finally {
      await apart.close();
    }
  });
});

describe('going over from unversioned workers, and back', () => {
  it('the first current version goes on with what they began; what is pinned stays, and starts go to them again', async () => {
    const apart = await Builds.open('going-over');
    const version = { deploymentName: `${apart.taskQueue}-worker`, buildId };
    const name = ['--deployment-name', version.deploymentName, '--yes'];
    const pinnedTo = async (id: string) => {
      const { raw } = await apart.client.workflow.getHandle(id).describe();
      return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
    };
    const waits = (id: string) => expect.poll(() => apart.stepOf(id), PATIENT).toBe('awaiting_approval');
    try {
      const { workflowId: before } = await apart.start();
      await apart.withWorker({}, () => waits(before));
      await apart.withWorker({ version }, async () => {
        await expect.poll(() => knows(apart, version.deploymentName), PATIENT).toBe(true);
        await temporal('worker', 'deployment', 'set-current-version', ...name, '--build-id', buildId);
        await apart.client.workflow.getHandle(before).signal('wake', { kind: 'turn' });
        await expect.poll(() => pinnedTo(before), PATIENT).toBe(buildId);
        await waits(before);
        await apart.withWorker({}, async () => {
          await temporal('worker', 'deployment', 'set-current-version', ...name, '--unversioned');
          const { workflowId: after } = await apart.start();
          await waits(after);
          expect(await pinnedTo(after)).toBeUndefined();
          expect(await pinnedTo(before)).toBe(buildId);
        });
      });
    } finally {
      await apart.close();
    }
  });
});

describe('mendloop deploy set-current', () => {
  it('says what Temporal knows where no worker of the build polls', async () => {
    const set = mendloop(
      'deploy',
      'set-current',
      '--config',
      builds.settings,
      '--deployment',
      'no-such',
      '--wait-seconds',
      '1',
    );
    const { code, stderr } = await set;
    expect(code).toBe(1);
    expect(stderr).toContain(`the deployment no-such has no version ${buildId}: no worker has polled under that name`);
  });

  it('names the build whose workflows these are', async () => {
    expect(await mendloop('deploy', 'build-id')).toMatchObject({ code: 0, stdout: `${buildId}\n` });
  });
});
