import { answered } from './answers.ts';
import type { JsonPatch, KubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';

interface MergePatch {
  readonly path: string;
  readonly patch: object;
  readonly query: Readonly<Record<string, string>> | undefined;
}

/** What it answers besides reads and merges; each refuses unless given. */
interface Answers {
  readonly jsonPatch?: (path: string, patch: JsonPatch) => Promise<void>;
  readonly watch?: KubernetesClient['watch'];
}

/** A cluster of the objects that it is given, by their paths; it keeps what it is asked to merge, and changes nothing. */
export function fakeCluster(objects: Readonly<Record<string, object>> = {}, answers: Answers = {}) {
  const merged: MergePatch[] = [];
  const refuse = () => Promise.reject(new Error('not part of this test'));
  const kubernetes: KubernetesClient = {
    cluster: 'default',
    get: <T>(path: string) => {
      const object = objects[path];
      if (object === undefined && path.endsWith('/pods')) return Promise.resolve({ items: [] } as T);
      if (object === undefined && path.startsWith('/apis/keda.sh/')) {
        return Promise.reject(answered({ status: 404, reason: 'NotFound', message: 'not found' }, path));
      }
      return object === undefined ? Promise.reject(new Error(`no ${path}`)) : Promise.resolve(object as T);
    },
    mergePatch: (path, patch, query) => {
      merged.push({ path, patch, query });
      return Promise.resolve();
    },
    jsonPatch: answers.jsonPatch ?? refuse,
    getText: refuse,
    previewJsonPatch: refuse,
    create: refuse,
    post: refuse,
    remove: refuse,
    watch:
      answers.watch ??
      (() => {
        throw new Error('not part of this test');
      }),
  };
  return { kubernetes, merged };
}
