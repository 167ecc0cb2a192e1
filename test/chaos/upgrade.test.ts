import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ManagedProcess } from '../../dev/stack/index.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { workflowBuildId } from '../../src/workers/workflow-bundle.ts';
import { copyBuild } from '../support/installation/copied-build.ts';
import { Incident } from '../support/installation/incidents.ts';
import { type Installation, startPostgresInstallation } from '../support/installation/installation.ts';
import { cure, OpenRemediations } from '../support/installation/open-remediations.ts';

/** Open remediations while the workers change. */
const SIZE = 50;
/** Of them can act at once. */
const SLOTS = 12;

let folder: string;
/** Main programs of Mendloop with other workflows. */
let patched: string;
let changed: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mendloop-upgrade-'));
  const replays = join(packageRoot(), 'test', 'replay');
  patched = await copyBuild(join(folder, 'patched'), join(replays, 'patched-workflows.ts'));
  changed = await copyBuild(join(folder, 'changed'), join(replays, 'changed-workflows.ts'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const start = () =>
  startPostgresInstallation({ settings: () => ({ guards: { maxActionsPerHour: 300, maxConcurrent: SLOTS } }) });

/** An alert that comes now. */
async function alertNow(installation: Installation): Promise<Incident> {
  const incident = await Incident.prepare(installation);
  await incident.send();
  await incident.remediation();
  return incident;
}

async function isCured(incident: Incident): Promise<void> {
  await cure(incident);
  expect(await incident.outcome()).toMatchObject({ outcome: 'remediated' });
}

/** Whether a workflow began with the change that the running ones were guarded from. */
async function isPatched(installation: Installation, incident: Incident): Promise<boolean> {
  const { events } = await installation.client.workflow.getHandle(incident.id()).fetchHistory();
  return (events ?? []).some(({ markerRecordedEventAttributes: marker }) => marker?.markerName === 'core_patch');
}

/** The build that a workflow is pinned to; undefined: to none. */
async function buildOf(installation: Installation, workflowId: string): Promise<string | undefined> {
  const { raw } = await installation.client.workflow.getHandle(workflowId).describe();
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined;
}

describe('worker.rollout: deployment, and a change that running workflows are guarded from', () => {
  let installation: Installation;
  let worker: ManagedProcess;
  beforeAll(async () => {
    installation = await start();
    [, worker] = await Promise.all([installation.startApi(), installation.startWorker()]);
  });
  afterAll(() => (installation as Installation | undefined)?.stop());

  it(`${SIZE} remediations that are open go on in the new workers: no workflow task fails, and all end as they should`, async () => {
    const open = await OpenRemediations.begin(installation, { size: SIZE, slots: SLOTS });
    await worker.stop();
    await installation.startWorker({ main: patched });
    await open.untilAllHaveEndedAsTheyShould();
    expect(await open.failedTasks()).toEqual([]);
    const later = await alertNow(installation);
    await isCured(later);
    expect(await isPatched(installation, later)).toBe(true);
    for (const one of open.all) expect(await isPatched(installation, one)).toBe(false);
  }, 900_000);
});

describe('worker.rollout: workerDeployment, and a change that would break running workflows', () => {
  const DEPLOYMENT = 'mendloop/mendloop-worker';
  const env = { TEMPORAL_DEPLOYMENT_NAME: DEPLOYMENT };
  const old = workflowBuildId(packageRoot());
  let installation: Installation;
  let worker: ManagedProcess;
  const setCurrent = async (buildId: string) => {
    const args = ['deploy', 'set-current', '--deployment', DEPLOYMENT, '--build-id', buildId];
    expect(await installation.command(...args)).toMatchObject({ code: 0 });
  };

  beforeAll(async () => {
    installation = await start();
    [, worker] = await Promise.all([installation.startApi(), installation.startWorker({ env })]);
    await setCurrent(old);
  });
  afterAll(() => (installation as Installation | undefined)?.stop());

  it(`${SIZE} remediations that are open end on their version, and starts go to the new one: no workflow task fails`, async () => {
    const open = await OpenRemediations.begin(installation, { size: SIZE, slots: SLOTS });
    await installation.startWorker({ main: changed, env });
    const built = workflowBuildId(join(folder, 'changed'));
    expect(built).not.toBe(old);
    await setCurrent(built);
    // All slots are taken by the old version: what comes now begins on the new one, and has its turn with the others.
    const meanwhile = await alertNow(installation);
    await meanwhile.untilStep('admitting', { timeout: 120_000 });
    expect(await buildOf(installation, meanwhile.id())).toBe(built);
    await Promise.all([open.untilAllHaveEndedAsTheyShould(), isCured(meanwhile)]);
    expect(await open.failedTasks()).toEqual([]);
    for (const one of open.all) expect(await buildOf(installation, one.id())).toBe(old);
    const pinned = `TemporalWorkerDeploymentVersion = '${DEPLOYMENT}:${old}' AND ExecutionStatus = 'Running'`;
    await expect.poll(async () => (await installation.client.workflow.count(pinned)).count).toBe(0);
    // Nothing is left on the old version: its workers can go.
    await worker.stop();
    const last = await alertNow(installation);
    await isCured(last);
    expect(await buildOf(installation, last.id())).toBe(built);
  }, 900_000);
});
