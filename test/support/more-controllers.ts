import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ControlPlane,
  controlPlaneServers,
  ensureServers,
  silentProgress,
  type Stoppable,
  Supervisor,
} from '../../dev/stack/index.ts';

/** Controllers that the embedded control plane does without, in a process of their own. */
export async function startControllers(plane: ControlPlane, names: readonly string[]): Promise<Stoppable> {
  const logDir = await mkdtemp(join(tmpdir(), 'mendloop-controllers-'));
  const supervisor = new Supervisor({ logDir });
  const binaries = await ensureServers(controlPlaneServers, { progress: silentProgress });
  await supervisor.start({
    name: 'kube-controller-manager',
    command: binaries['kube-controller-manager'].path,
    args: [
      ...['--kubeconfig', plane.kubeconfigPath, '--leader-elect=false'],
      ...['--bind-address', '127.0.0.1', '--secure-port', '0'],
      ...['--controllers', names.join(',')],
    ],
    // It opens no port that could be asked; what it does shows that it works.
    ready: () => Promise.resolve(true),
  });
  return {
    stop: async () => {
      await supervisor.stop();
      await rm(logDir, { recursive: true, force: true });
    },
  };
}
