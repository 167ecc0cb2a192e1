import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiClient } from './kubernetes/api.ts';
import type { KubernetesApi } from './kubernetes/api.ts';
import { createNodes, nodesAreSchedulable } from './kubernetes/fake-nodes.ts';
import { writeKubeconfig } from './kubernetes/kubeconfig.ts';
import { kwokConfig, kwokLogs } from './kubernetes/kwok-stages.ts';
import { freePort } from './process/free-port.ts';
import type { Stoppable } from './process/stop-on-signals.ts';
import { Supervisor, retryOnTakenPort } from './process/supervisor.ts';
import { waitFor } from './process/wait-for.ts';
import { silentProgress } from './progress.ts';
import type { Progress, ProgressTask } from './progress.ts';

export const controlPlaneServers = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
] as const;

export type ControlPlaneBinaries = Record<(typeof controlPlaneServers)[number], { path: string }>;

export interface ControlPlaneOptions {
  binaries: ControlPlaneBinaries;
  /** Holds etcd's data, keys, kubeconfig and logs; made when missing, kept on stop. */
  dataDir: string;
  /** How many fake nodes; 3 unless given. */
  nodes?: number | undefined;
  /** More Stages for kwok: YAML texts of one or more, see {@link kwokConfig}. */
  stages?: readonly string[] | undefined;
  /** Controllers beside those that every cluster here has, and more flags of their manager. */
  controllers?: readonly string[] | undefined;
  controllerManagerArgs?: readonly string[] | undefined;
  /** File with what every container is taken to have logged, in the format of a container runtime; absent: there are no logs. */
  podLog?: string | undefined;
  progress?: Progress | undefined;
}

export interface ControlPlane extends Stoppable {
  /** An administrator's; mode 0600. */
  kubeconfigPath: string;
  url: string;
  /** PEM of the certificate authority. */
  ca: string;
  /** The administrator's; made anew at every start. */
  token: string;
}

/** Without the node lifecycle controller nodes keep their not-ready taint, and no Pod is scheduled. */
const CONTROLLERS = [
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'horizontal-pod-autoscaler-controller',
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'disruption-controller',
  'node-lifecycle-controller',
  'resourcequota-controller',
];

/** Garbage is collected less often than Go would by itself: a start takes a fifth less time on two busy cores. */
const env = { GOGC: '400', GOMEMLIMIT: '512MiB' };

/**
 * Starts a real Kubernetes control plane on 127.0.0.1: etcd, API server with RBAC, controllers and scheduler, with kwok
 * playing the kubelets of fake nodes. Settles when the nodes take Pods and namespaces can be created. Rejects with
 * `ProcessExited` or `WaitTimeout`, everything stopped, when it does not come to that.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const task = (options.progress ?? silentProgress).start('Kubernetes control plane');
  try {
    return await retryOnTakenPort(() => startOnce(options, task));
  } finally {
    task.done();
  }
}

async function startOnce(options: ControlPlaneOptions, task: ProgressTask): Promise<ControlPlane> {
  const { binaries, dataDir, nodes = 3, stages, controllers, controllerManagerArgs } = options;
  const supervisor = new Supervisor({ logDir: dataDir, env });
  let client: ApiClient | undefined;
  const stop = async () => {
    client?.close();
    await supervisor.stop();
  };
  try {
    task.update('etcd and API server');
    const token = await writeSecrets(dataDir);
    const api = await startApiServer({ binaries, dataDir, token, supervisor });
    client = new ApiClient(api);
    const kubeconfigPath = join(dataDir, 'kubeconfig');
    await writeKubeconfig(kubeconfigPath, { api });

    task.update('controllers, scheduler and nodes');
    await Promise.all([
      startControllers({
        ...{ binaries, dataDir, kubeconfigPath, supervisor },
        ...{ stages, controllers, controllerManagerArgs, podLog: options.podLog },
      }),
      createNodes(client, nodes),
    ]);
    const ready = client;
    await waitFor(() => nodesAreSchedulable(ready, nodes), { what: `${nodes} nodes to be ready`, timeoutMs: 30_000 });
    return { kubeconfigPath, url: api.url, ca: api.ca, token, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function isServing(client: ApiClient): Promise<boolean> {
  await client.call({ path: '/readyz' });
  // Pods cannot be created in it before it is there.
  await client.call({ path: '/api/v1/namespaces/default' });
  await client.call({
    method: 'POST',
    path: '/api/v1/namespaces?dryRun=All',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { generateName: 'probe-' } },
  });
  return true;
}

/** Keys for service accounts' tokens, and the administrator's token, which is returned. */
async function writeSecrets(dataDir: string): Promise<string> {
  const pki = join(dataDir, 'pki');
  await mkdir(pki, { recursive: true, mode: 0o700 });
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
  });
  const token = randomBytes(24).toString('base64url');
  await writeFile(join(pki, 'sa.key'), privateKey, { mode: 0o600 });
  await writeFile(join(pki, 'sa.pub'), publicKey);
  await writeFile(join(pki, 'tokens.csv'), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  return token;
}

async function startApiServer(options: {
  binaries: ControlPlaneBinaries;
  dataDir: string;
  token: string;
  supervisor: Supervisor;
}): Promise<KubernetesApi> {
  const { binaries, dataDir, token, supervisor } = options;
  const pki = join(dataDir, 'pki');
  const etcdUrl = `http://127.0.0.1:${await freePort()}`;
  const etcdPeerUrl = `http://127.0.0.1:${await freePort()}`;
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  // One after the other: an API server that finds no etcd waits a whole second before it looks again.
  await supervisor.start({
    name: 'etcd',
    command: binaries.etcd.path,
    args: [
      ...['--data-dir', join(dataDir, 'etcd')],
      ...['--listen-client-urls', etcdUrl, '--advertise-client-urls', etcdUrl],
      // A peer port is opened even by a single member; the default one would collide with another stack's.
      ...['--listen-peer-urls', etcdPeerUrl, '--initial-advertise-peer-urls', etcdPeerUrl],
      ...['--initial-cluster', `default=${etcdPeerUrl}`],
      // What a crash of the machine could lose is of no worth after one.
      '--unsafe-no-fsync',
    ],
    ready: async () => (await fetch(`${etcdUrl}/health`)).ok,
  });

  let api: KubernetesApi | undefined;
  await supervisor.start({
    name: 'kube-apiserver',
    command: binaries['kube-apiserver'].path,
    args: [
      ...['--etcd-servers', etcdUrl, '--bind-address', '127.0.0.1', '--secure-port', String(port)],
      ...['--cert-dir', pki, '--token-auth-file', join(pki, 'tokens.csv'), '--authorization-mode', 'RBAC'],
      ...['--service-account-issuer', 'https://kubernetes.default.svc'],
      ...['--service-account-key-file', join(pki, 'sa.pub')],
      ...['--service-account-signing-key-file', join(pki, 'sa.key')],
      ...['--service-cluster-ip-range', '10.0.0.0/24'],
      ...['--disable-admission-plugins', 'ServiceAccount', '--endpoint-reconciler-type', 'none'],
      // Logs are asked for at the nodes, whose names nothing resolves.
      ...['--kubelet-preferred-address-types', 'InternalIP'],
    ],
    ready: async () => {
      // The server signs a certificate for itself on its first start. Read anew each time: a file that is being written
      // is empty at first, and a client that kept that would trust no server.
      const read = { url, ca: await readFile(join(pki, 'apiserver.crt'), 'utf8'), token };
      const client = new ApiClient(read);
      try {
        if (!(await isServing(client))) return false;
      } finally {
        client.close();
      }
      api = read;
      return true;
    },
  });
  if (!api) throw new Error('the API server is ready, but its certificate was never read');
  return api;
}

type ControllersOptions = Omit<ControlPlaneOptions, 'nodes' | 'progress'> & {
  kubeconfigPath: string;
  supervisor: Supervisor;
};

async function startControllers(options: ControllersOptions): Promise<void> {
  const { binaries, dataDir, kubeconfigPath, supervisor, podLog } = options;
  const stages = join(dataDir, 'kwok.yaml');
  const more = [...(options.stages ?? []), ...(podLog === undefined ? [] : [kwokLogs(podLog)])];
  await writeFile(stages, kwokConfig(more));
  const kwokPort = await freePort();
  const kwokUrl = `127.0.0.1:${kwokPort}`;
  const common = ['--kubeconfig', kubeconfigPath];
  // Neither opens a port that could be asked; the nodes' becoming ready shows that both controllers and kwok work.
  const loopback = ['--leader-elect=false', '--bind-address', '127.0.0.1', '--secure-port', '0'];
  const running = () => Promise.resolve(true);
  await Promise.all([
    supervisor.start({
      name: 'kube-controller-manager',
      command: binaries['kube-controller-manager'].path,
      args: [
        ...common,
        ...loopback,
        ...['--service-account-private-key-file', join(dataDir, 'pki', 'sa.key')],
        ...['--controllers', [...CONTROLLERS, ...(options.controllers ?? [])].join(',')],
        ...(options.controllerManagerArgs ?? []),
      ],
      ready: running,
    }),
    supervisor.start({
      name: 'kube-scheduler',
      command: binaries['kube-scheduler'].path,
      args: [...common, ...loopback],
      ready: running,
    }),
    supervisor.start({
      name: 'kwok',
      command: binaries.kwok.path,
      args: [
        ...common,
        ...['--config', stages, '--manage-all-nodes=true', '--node-lease-duration-seconds', '40'],
        ...['--server-address', kwokUrl],
        ...(podLog === undefined ? [] : kubeletArguments({ port: kwokPort, pki: join(dataDir, 'pki') })),
      ],
      ready: async () => (await fetch(`http://${kwokUrl}/healthz`)).ok,
    }),
  ]);
}

/** kwok at its own port is the kubelet of every node, with the API server's own certificate, which that does not check. */
function kubeletArguments({ port, pki }: { port: number; pki: string }): string[] {
  return [
    ...['--node-ip', '127.0.0.1', '--node-port', String(port)],
    ...['--tls-cert-file', join(pki, 'apiserver.crt'), '--tls-private-key-file', join(pki, 'apiserver.key')],
  ];
}
