import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureServers, freePort, silentProgress, type Stoppable, Supervisor } from '../../dev/stack/index.ts';
import type { TestCluster } from './cluster.ts';
import { CRDS, installCrd } from './crds.ts';

/** Argo Rollouts: its CRDs, and its controller as an ordinary process. Settles when Rollouts are served. */
export async function startRollouts(cluster: {
  readonly human: Pick<TestCluster['human'], 'get' | 'create'>;
  readonly plane: Pick<TestCluster['plane'], 'kubeconfigPath'>;
}): Promise<Stoppable> {
  const { rollouts, analysisRuns, analysisTemplates, clusterAnalysisTemplates, experiments } = CRDS;
  for (const crd of [rollouts, analysisRuns, analysisTemplates, clusterAnalysisTemplates, experiments]) {
    await installCrd(cluster, crd);
  }
  const binaries = await ensureServers(['rollouts-controller'], { progress: silentProgress });
  const logDir = await mkdtemp(join(tmpdir(), 'mendloop-rollouts-'));
  const supervisor = new Supervisor({ logDir });
  const [metrics, health] = [await freePort(), await freePort()];
  await supervisor.start({
    name: 'rollouts-controller',
    command: binaries['rollouts-controller'].path,
    args: [
      ...['--kubeconfig', cluster.plane.kubeconfigPath, '--leader-elect=false'],
      ...['--metricsPort', String(metrics), '--healthzPort', String(health)],
    ],
    ready: async () => (await fetch(`http://127.0.0.1:${health}/healthz`)).ok,
  });
  return {
    stop: async () => {
      await supervisor.stop();
      await rm(logDir, { recursive: true, force: true });
    },
  };
}
