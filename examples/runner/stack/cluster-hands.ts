import { readdir, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  KubeConfig,
  KubernetesObjectApi,
  loadAllYaml,
  PatchStrategy,
  type KubernetesObject,
} from '@kubernetes/client-node';
import type { ControlPlane } from '../../../dev/stack/index.ts';
import { ApiClient, ApiRefused } from '../../../src/local/kubernetes/api.ts';

/** Field manager of what people write here. */
const MANAGER = 'kubectl';

/** An administrator's hands on the cluster, as a person with `kubectl` has them. */
export class ClusterHands {
  readonly plane: ControlPlane;
  readonly #api: ApiClient;
  readonly #objects: KubernetesObjectApi;

  constructor(plane: ControlPlane) {
    this.plane = plane;
    this.#api = new ApiClient(plane);
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromFile(plane.kubeconfigPath);
    this.#objects = KubernetesObjectApi.makeApiClient(kubeConfig);
  }

  /** The object or list below this path of the API; rejects with `ApiRefused`. */
  async get<T>(path: string): Promise<T> {
    return (await this.#api.call({ path })) as T;
  }

  async create<T = unknown>(path: string, body: object): Promise<T> {
    return (await this.#api.call({ method: 'POST', path: by(path), body })) as T;
  }

  /** A merge patch. */
  async patch(path: string, body: object): Promise<void> {
    await this.#api.call({ method: 'PATCH', path: by(path), body });
  }

  /** A strategic merge patch, as `kubectl patch` makes it: of a list, the entry with the same name is changed. */
  async strategicPatch(path: string, body: object): Promise<void> {
    await this.#api.call({
      method: 'PATCH',
      path: by(path),
      body,
      contentType: 'application/strategic-merge-patch+json',
    });
  }

  /** What is not there is removed already. */
  async remove(path: string): Promise<void> {
    try {
      await this.#api.call({ method: 'DELETE', path });
    } catch (error) {
      if (!(error instanceof ApiRefused && error.status === 404)) throw error;
    }
  }

  /** Whether there is an object below this path. */
  async has(path: string): Promise<boolean> {
    try {
      await this.#api.call({ path });
      return true;
    } catch (error) {
      if (error instanceof ApiRefused && error.status === 404) return false;
      throw error;
    }
  }

  /** Server-side apply, as `kubectl apply --server-side`: the same again changes nothing. */
  async apply(objects: readonly KubernetesObject[]): Promise<void> {
    for (const object of objects) {
      await this.#objects.patch(object, undefined, undefined, MANAGER, true, PatchStrategy.ServerSideApply);
    }
  }

  stop(): Promise<void> {
    this.#api.close();
    return Promise.resolve();
  }
}

/** Every object of a folder's YAML files; none where there is no such folder. */
export async function readManifests(folder: string): Promise<readonly KubernetesObject[]> {
  if (!existsSync(folder)) return [];
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).toSorted();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.flatMap((text) => loadAllYaml(text) as KubernetesObject[]);
}

/** By a person, unless the path names another field manager. */
function by(path: string): string {
  if (path.includes('fieldManager=')) return path;
  return `${path}${path.includes('?') ? '&' : '?'}fieldManager=${MANAGER}`;
}
