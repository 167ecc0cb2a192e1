import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { STATUS_QUERY } from '../../src/contract/remediation.ts';
import { alertIdentity, remediationId } from '../../src/domain/alert/remediation-id.ts';
import type { RemediationResult, RemediationStatus } from '../../src/domain/remediation/remediation.ts';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { Way } from '../support/installation/alertmanager.ts';
import { DeploymentHistory } from '../support/installation/deployment-history.ts';
import { Incident } from '../support/installation/incidents.ts';
import { type Installation, startInstallation } from '../support/installation/installation.ts';
import { startUpHere, type UpHere } from '../support/installation/up-here.ts';
import { deliverTaken } from '../support/installation/webhook.ts';

const PATIENTLY = { timeout: 120_000, interval: 100 };

/** One cluster with a Mendloop and a store of its own; Temporal and its namespace are shared. */
interface Site {
  readonly name: 'east' | 'west';
  readonly cluster: TestCluster;
  readonly history: DeploymentHistory;
  readonly up: UpHere;
}

let installation: Installation;
let folder: string;
let westCluster: TestCluster;
let westHistory: DeploymentHistory;
const sites: Site[] = [];

beforeAll(async () => {
  installation = await startInstallation();
  folder = await mkdtemp(join(tmpdir(), 'mendloop-west-'));
  westCluster = await startTestCluster();
  westHistory = await DeploymentHistory.start(westCluster.kubernetes);
  const places = [
    { name: 'east', cluster: installation.cluster, history: installation.history },
    { name: 'west', cluster: westCluster, history: westHistory },
  ] as const;
  for (const place of places) {
    const { kubeconfigPath } = place.cluster.plane;
    const settings = {
      ...installation.settings,
      api: { port: 0 },
      kubernetes: { kubeconfig: kubeconfigPath, cluster: place.name },
      audit: { store: { type: 'embedded', folder: join(folder, place.name) } },
    };
    const { temporalAddress } = installation;
    sites.push({ ...place, up: await startUpHere({ settings, temporalAddress }) });
  }
});

afterAll(async () => {
  for (const { up } of sites) await up.stop();
  await (westHistory as DeploymentHistory | undefined)?.stop();
  await (westCluster as TestCluster | undefined)?.stop();
  await (installation as Installation | undefined)?.stop();
  await rm(folder, { recursive: true, force: true });
});

it('two installations that share a namespace of Temporal neither act on nor end what is the other’s', async () => {
  const { client } = installation;
  const incident = await Incident.prepare(installation, Way.ByHand);
  const { namespace, name } = incident;
  await westCluster.human.create('/api/v1/namespaces', { metadata: { name: namespace } });
  await westCluster.human.deploy({ namespace, name, replicas: 2 });
  // Its source has the alert; each installation is told of it by hand.
  await incident.send();

  const handleOf = (site: Site) =>
    client.workflow.getHandle(remediationId({ ...alertIdentity(site.name, incident.alert()), n: 1 }));
  const stepOf = async (site: Site) => {
    try {
      return (await handleOf(site).query<RemediationStatus>(STATUS_QUERY)).step;
    } catch {
      return undefined; // Not yet.
    }
  };
  const tell = (site: Site, status: 'firing' | 'resolved') =>
    deliverTaken({ url: site.up.url, alerts: [incident.alert(status)] });
  const [east, west] = sites;
  if (east === undefined || west === undefined) throw new Error('there are two');

  for (const site of sites) expect(await tell(site, 'firing')).toMatchObject({ started: 1 });
  for (const site of sites) await expect.poll(() => stepOf(site), PATIENTLY).toBe('verifying');
  incident.recover();
  for (const site of sites) {
    await expect.poll(() => stepOf(site), PATIENTLY).toBe('watching');
    expect(await site.history.of(incident)).toEqual([2, 5]);
    expect((await handleOf(site).describe()).taskQueue).toBe(`mendloop/${site.name}`);
  }

  expect(await tell(east, 'resolved')).toMatchObject({ signalled: 1 });
  expect((await handleOf(east).result()) as RemediationResult).toMatchObject({ outcome: 'remediated' });
  const endedAt = new Date();
  // Each has swept its store since, and found whether those it knows have ended.
  for (const site of sites) await expect.poll(() => sweepsOf(site, endedAt), PATIENTLY).toBeGreaterThanOrEqual(1);
  expect((await handleOf(west).describe()).status.name).toBe('RUNNING');
  expect(await stepOf(west)).toBe('watching');
  // To west the alert is the one that it watches.
  expect(await tell(west, 'firing')).toMatchObject({ started: 0, duplicates: 1 });
  expect(await west.history.of(incident)).toEqual([2, 5]);

  expect(await tell(west, 'resolved')).toMatchObject({ signalled: 1 });
  expect((await handleOf(west).result()) as RemediationResult).toMatchObject({ outcome: 'remediated' });
}, 300_000);

/** Sweeps of an installation's store that have ended since. */
async function sweepsOf({ name }: Site, since: Date): Promise<number> {
  const query = [
    'WorkflowType = "sweep"',
    `WorkflowId STARTS_WITH "sweep/${name}/"`,
    `StartTime > "${since.toISOString()}"`,
    'ExecutionStatus = "Completed"',
  ].join(' AND ');
  return (await installation.client.workflow.count(query)).count;
}
