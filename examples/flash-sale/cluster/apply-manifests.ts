import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  KubernetesObjectApi,
  loadAllYaml,
  PatchStrategy,
  type KubeConfig,
  type KubernetesObject,
} from '@kubernetes/client-node';

const MANIFESTS = join(import.meta.dirname, '..', 'kubernetes');

/** CPU limits, by the name of the Deployment, that a scenario sets otherwise than the manifests do. */
export type CpuLimits = Readonly<Record<string, string>>;

/** The shop's manifests, the namespace first, with a scenario's limits put in. */
export async function readManifests(cpuLimits: CpuLimits = {}): Promise<readonly KubernetesObject[]> {
  const files = (await readdir(MANIFESTS)).filter((file) => file.endsWith('.yaml'));
  const texts = await Promise.all(files.map((file) => readFile(join(MANIFESTS, file), 'utf8')));
  const objects = texts.flatMap((text) => loadAllYaml(text) as KubernetesObject[]);
  for (const object of objects) limitCpu(object, cpuLimits);
  return objects.toSorted((a, b) => Number(b.kind === 'Namespace') - Number(a.kind === 'Namespace'));
}

/** Server-side apply: the same again changes nothing. */
export async function applyManifests(kubeConfig: KubeConfig, objects: readonly KubernetesObject[]): Promise<void> {
  const api = KubernetesObjectApi.makeApiClient(kubeConfig);
  for (const object of objects) {
    await api.patch(object, undefined, undefined, 'flash-sale', true, PatchStrategy.ServerSideApply);
  }
}

/** As much of a Deployment as is changed here. */
interface LimitedWorkload {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly resources: { readonly limits: { cpu: string } } }[] };
    };
  };
}

function limitCpu(object: KubernetesObject, cpuLimits: CpuLimits): void {
  const limit = cpuLimits[object.metadata?.name ?? ''];
  if (object.kind !== 'Deployment' || limit === undefined) return;
  const { containers } = (object as unknown as LimitedWorkload).spec.template.spec;
  for (const { resources } of containers) resources.limits.cpu = limit;
}
