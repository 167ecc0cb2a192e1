import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { TestCluster } from '../cluster.ts';
import {
  type Container,
  type ContainerSpec,
  type Mount,
  runContainer,
  startContainer,
  userOf,
  writeVolume,
} from '../image/container.ts';
import type { Image } from '../image/image.ts';
import { requestToken } from './account.ts';

const probeSchema = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) });
const itemsSchema = z.array(z.object({ key: z.string(), path: z.string() })).optional();

/** What a Pod's spec says to its kubelet, as far as the chart uses it: anything else fails here. */
const podSchema = z.object({
  serviceAccountName: z.string(),
  automountServiceAccountToken: z.boolean(),
  securityContext: z.object({ runAsUser: z.int(), runAsGroup: z.int(), fsGroup: z.int() }),
  terminationGracePeriodSeconds: z.number().default(30),
  containers: z.tuple([
    z.object({
      name: z.string(),
      args: z.array(z.string()),
      command: z.never().optional(),
      securityContext: z.object({ readOnlyRootFilesystem: z.boolean() }),
      env: z.array(
        z.union([
          z.strictObject({ name: z.string(), value: z.string() }),
          z.strictObject({
            name: z.string(),
            valueFrom: z.strictObject({ secretKeyRef: z.object({ name: z.string(), key: z.string() }) }),
          }),
        ]),
      ),
      ports: z.array(z.object({ name: z.string(), containerPort: z.int() })).default([]),
      startupProbe: probeSchema.optional(),
      readinessProbe: probeSchema.optional(),
      volumeMounts: z.array(
        z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().default(false) }),
      ),
    }),
  ]),
  volumes: z.array(
    z.union([
      z.object({ name: z.string(), configMap: z.object({ name: z.string(), items: itemsSchema }) }),
      z.object({ name: z.string(), secret: z.object({ secretName: z.string(), items: itemsSchema }) }),
      z.object({ name: z.string(), emptyDir: z.object({}) }),
    ]),
  ),
});
type Pod = z.infer<typeof podSchema>;

const dataSchema = z.object({
  data: z.record(z.string(), z.string()).default({}),
  binaryData: z.record(z.string(), z.string()).default({}),
});

export interface PodRequest {
  readonly namespace: string;
  /** `spec` of a Pod, as the API server has it. */
  readonly spec: unknown;
  readonly image: Image;
  /** Folders that stand for the claims' volumes, by name. */
  readonly claims?: Readonly<Record<string, string>>;
  /** Ports of this machine that the Pod reaches, beside the API server's. */
  readonly reaches?: readonly number[];
  /** Names of Services that it reaches, at such a port. */
  readonly hosts?: readonly string[];
}

/** Runs Pods' containers as their kubelet would, with everything out of their specs, on one machine. */
export class Kubelet {
  readonly #cluster: TestCluster;

  constructor(cluster: TestCluster) {
    this.#cluster = cluster;
  }

  /** Settles when the Pod is ready by its own probes. */
  async start(request: PodRequest): Promise<Container> {
    const { spec, remove } = await this.#prepare(request);
    const { startupProbe, readinessProbe, ports } = podSchema.parse(request.spec).containers[0];
    const probes = [startupProbe, readinessProbe].filter((probe) => probe !== undefined);
    const ready = async (urls: ReadonlyMap<number, string>) => {
      for (const { httpGet } of probes) {
        const port = ports.find(({ name }) => name === httpGet.port)?.containerPort ?? 0;
        if (!(await fetch(`${urls.get(port)}${httpGet.path}`)).ok) return false;
      }
      return true;
    };
    try {
      const container = await startContainer({ ...spec, ready });
      return { ...container, stop: () => container.stop().finally(remove) };
    } catch (error) {
      await remove();
      throw error;
    }
  }

  /** Runs the Pod to its end. */
  async run(request: PodRequest): Promise<{ readonly code: string; readonly log: string }> {
    const { spec, remove } = await this.#prepare(request);
    return await runContainer(spec).finally(remove);
  }

  async #prepare(request: PodRequest) {
    const pod = podSchema.parse(request.spec);
    const [container] = pod.containers;
    const folder = await mkdtemp(join(tmpdir(), 'mendloop-pod-'));
    await chmod(folder, 0o755);
    const { url } = this.#cluster.plane;
    const { port } = new URL(url);
    const { runAsUser, runAsGroup, fsGroup } = pod.securityContext;
    const spec: Omit<ContainerSpec, 'ready'> = {
      name: container.name,
      image: request.image,
      command: [...request.image.entrypoint, ...container.args],
      env: {
        ...{ KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: port },
        ...(await this.#environment(request.namespace, pod)),
      },
      mounts: [
        ...(await this.#mounts(request, pod, folder)),
        ...(pod.automountServiceAccountToken ? [await this.#account(request.namespace, pod, folder)] : []),
      ],
      readOnlyRoot: container.securityContext.readOnlyRootFilesystem,
      user: userOf(runAsUser, runAsGroup === fsGroup ? fsGroup : runAsGroup),
      reaches: [Number(port), ...(request.reaches ?? [])],
      serves: container.ports.map(({ containerPort }) => containerPort),
      hosts: request.hosts ?? [],
      graceMs: pod.terminationGracePeriodSeconds * 1000,
    };
    return { spec, remove: () => rm(folder, { recursive: true, force: true }) };
  }

  async #environment(namespace: string, { containers: [{ env }] }: Pod): Promise<Record<string, string>> {
    const pairs = env.map(async (one) => {
      if ('value' in one) return [one.name, one.value] as const;
      const { name, key } = one.valueFrom.secretKeyRef;
      return [one.name, String((await this.#data(namespace, 'secrets', name))[key])] as const;
    });
    return Object.fromEntries(await Promise.all(pairs));
  }

  async #mounts({ namespace, claims = {} }: PodRequest, pod: Pod, folder: string): Promise<Mount[]> {
    const { fsGroup } = pod.securityContext;
    return await Promise.all(
      pod.containers[0].volumeMounts.map(async ({ name, mountPath: path, readOnly }) => {
        const claim = claims[name];
        if (claim !== undefined) return { source: claim, path, readOnly };
        const volume = pod.volumes.find((one) => one.name === name);
        if (volume === undefined) throw new Error(`the Pod has no volume ${name}`);
        const source = join(folder, name);
        if ('emptyDir' in volume) {
          await mkdir(source);
          await chmod(source, 0o777);
        } else {
          const [kind, object, items] =
            'secret' in volume
              ? (['secrets', volume.secret.secretName, volume.secret.items] as const)
              : (['configmaps', volume.configMap.name, volume.configMap.items] as const);
          await writeVolume(source, project(await this.#data(namespace, kind, object), items), fsGroup);
        }
        return { source, path, readOnly };
      }),
    );
  }

  /** The account's own token, as every Pod that asks for it gets it. */
  async #account(
    namespace: string,
    { serviceAccountName: name, securityContext }: Pod,
    folder: string,
  ): Promise<Mount> {
    const { plane } = this.#cluster;
    const source = join(folder, 'service-account');
    const token = await requestToken(plane, { namespace, name });
    await writeVolume(source, { token, 'ca.crt': plane.ca, namespace }, securityContext.fsGroup);
    return { source, path: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true };
  }

  async #data(namespace: string, kind: 'secrets' | 'configmaps', name: string): Promise<Record<string, Buffer>> {
    const { human } = this.#cluster;
    const { data, binaryData } = dataSchema.parse(await human.get(`/api/v1/namespaces/${namespace}/${kind}/${name}`));
    const plain = kind === 'secrets' ? 'base64' : 'utf8';
    return {
      ...Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, plain)])),
      ...Object.fromEntries(Object.entries(binaryData).map(([key, value]) => [key, Buffer.from(value, 'base64')])),
    };
  }
}

function project(data: Readonly<Record<string, Buffer>>, items: z.infer<typeof itemsSchema>): Record<string, Buffer> {
  if (items === undefined) return data;
  return Object.fromEntries(
    items.map(({ key, path }) => {
      const value = data[key];
      if (value === undefined) throw new Error(`there is no key ${key}: the Pod would wait for it`);
      return [path, value];
    }),
  );
}
