import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type ServerBinary, Supervisor } from '../../dev/stack/index.ts';
import { benchAlert, post, webhookBody } from '../world/alerts.ts';
import type { World } from '../world/world.ts';
import { type Contestant, TO } from './contestant.ts';

/** A webhook receiver that runs `kubectl scale`, started for as long as the world stands. */
export async function kubectlReceiver(world: World, kubectl: ServerBinary): Promise<Contestant> {
  const { stack, directory, kubeconfigPath } = world;
  const home = join(directory, 'kubectl');
  await mkdir(home, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const supervisor = stack.add(new Supervisor({ logDir: directory }));
  await supervisor.start({
    name: 'kubectl-receiver',
    command: process.execPath,
    args: [
      join(import.meta.dirname, 'kubectl-receiver.ts'),
      ...[String(port), kubectl.path, kubeconfigPath, String(TO)],
    ],
    // kubectl keeps what it discovers of the API below its home; the user's own is none of ours.
    env: { HOME: home },
    ready: async () => (await fetch(url)).ok,
  });
  return {
    name: 'kubectl',
    begin: async ({ target: { namespace, name } }) => {
      await post(url, webhookBody([benchAlert({ alertname: 'BenchSaturation', namespace, deployment: name })]));
    },
    finish: () => Promise.resolve(),
  };
}
