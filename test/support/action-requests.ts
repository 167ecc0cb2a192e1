import type { KubernetesClient } from '../../src/clients/kubernetes/kubernetes-client.ts';

/** The client, and what was asked by it so far, each as a role names it: `patch deployments/scale`. */
export function noting(kubernetes: KubernetesClient): { client: KubernetesClient; asked: Set<string> } {
  const asked = new Set<string>();
  const note = (verb: string, path: string) => {
    asked.add(`${verb} ${resourceOf(path).resource}`);
  };
  const client: KubernetesClient = {
    ...kubernetes,
    get: (path, query) => {
      note(resourceOf(path).isNamed ? 'get' : 'list', path);
      return kubernetes.get(path, query);
    },
    watch: (path, query, signal) => {
      note('watch', path);
      return kubernetes.watch(path, query, signal);
    },
    jsonPatch: (path, patch, query) => {
      note('patch', path);
      return kubernetes.jsonPatch(path, patch, query);
    },
    previewJsonPatch: (path, patch, query) => {
      note('patch', path);
      return kubernetes.previewJsonPatch(path, patch, query);
    },
    mergePatch: (path, patch, query) => {
      note('patch', path);
      return kubernetes.mergePatch(path, patch, query);
    },
    create: (path, body, query) => {
      note('create', path);
      return kubernetes.create(path, body, query);
    },
    post: (path, body) => {
      note('create', path);
      return kubernetes.post(path, body);
    },
    remove: (path, options) => {
      note('delete', path);
      return kubernetes.remove(path, options);
    },
  };
  return { client, asked };
}

/** `/apis/apps/v1/namespaces/shop/deployments/api/scale` is about `deployments/scale`, of one object. */
function resourceOf(path: string): { resource: string; isNamed: boolean } {
  const parts = path.replace(/^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)\//, '').split('/');
  const [kind = path, name, part] = parts[0] === 'namespaces' && parts.length > 2 ? parts.slice(2) : parts;
  return { resource: part === undefined ? kind : `${kind}/${part}`, isNamed: name !== undefined };
}
