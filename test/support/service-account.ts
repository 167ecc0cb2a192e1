import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKubernetesClient, type KubernetesClient } from '../../src/clients/kubernetes/kubernetes-client.ts';
import type { Permission } from '../../src/domain/actions/contract.ts';
import { waitFor } from '../../dev/stack/index.ts';
import { ApiClient, type KubernetesApi } from '../../src/local/kubernetes/api.ts';
import { writeKubeconfig } from '../../src/local/kubernetes/kubeconfig.ts';
import type { TestCluster } from './cluster.ts';
import { PATIENCE_MS } from './patience.ts';

interface AccountOptions {
  readonly namespace: string;
  readonly name: string;
  readonly permissions: readonly Permission[];
}

/**
 * A client of a service account that may do what is listed and nothing else: by a Role in the namespace, and a
 * ClusterRole for what is of the cluster.
 */
export async function asServiceAccount(
  { plane, human }: TestCluster,
  { namespace, name, permissions }: AccountOptions,
): Promise<KubernetesClient> {
  await human.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
  const subjects = [{ kind: 'ServiceAccount', namespace, name }];
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  for (const scope of ['namespaced', 'cluster'] as const) {
    const rules = permissions
      .filter((permission) => permission.scope === scope)
      .map(({ apiGroups, resources, verbs }) => ({ apiGroups, resources, verbs }));
    const [path, kind, metadata] =
      scope === 'namespaced'
        ? [`${rbac}/namespaces/${namespace}/role`, 'Role', { name }]
        : [`${rbac}/clusterrole`, 'ClusterRole', { name: `${namespace}-${name}` }];
    await human.create(`${path}s`, { metadata, rules });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name: metadata.name };
    await human.create(`${path}bindings`, { metadata, subjects, roleRef });
  }

  const api = new ApiClient(plane, { timeoutMs: PATIENCE_MS });
  const folder = await mkdtemp(join(tmpdir(), 'mendloop-account-'));
  try {
    const { status } = (await api.call({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    })) as { status: { token: string } };
    const own = { ...plane, token: status.token };
    await untilAllowed(own, { namespace, permissions });
    const kubeconfig = join(folder, 'kubeconfig');
    await writeKubeconfig(kubeconfig, { api: own, user: name });
    // The file is read at once, and not again.
    return createKubernetesClient({ cluster: 'default', kubeconfig, timeoutSeconds: PATIENCE_MS / 1000 });
  } finally {
    api.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The API server learns of a binding a moment after it was made. */
async function untilAllowed(
  own: KubernetesApi,
  { namespace, permissions }: Pick<AccountOptions, 'namespace' | 'permissions'>,
): Promise<void> {
  const api = new ApiClient(own, { timeoutMs: PATIENCE_MS });
  const isAllowed = async (resourceAttributes: object) => {
    const { status } = (await api.call({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      },
    })) as { status: { allowed: boolean } };
    return status.allowed;
  };
  try {
    const granted = permissions.flatMap(({ apiGroups, resources, verbs, scope }) =>
      product(apiGroups, resources, verbs).map(([group, name, verb]) => ({ group, name, verb, scope })),
    );
    await Promise.all(
      granted.map(async ({ group, name, verb, scope }) => {
        const [resource, subresource] = name.split('/');
        const where = scope === 'namespaced' ? { namespace } : {};
        await waitFor(() => isAllowed({ group, resource, subresource, verb, ...where }), {
          what: `${verb} ${name} to be allowed`,
          timeoutMs: PATIENCE_MS,
        });
      }),
    );
    // Were everything allowed, no test could find out what is lacking.
    if (await isAllowed({ ...NEVER_GRANTED, namespace })) throw new Error('the account may do what it was not granted');
  } finally {
    api.close();
  }
}

/** What no action and no test gives an account. */
const NEVER_GRANTED = { group: '', resource: 'serviceaccounts', verb: 'impersonate' };

function product(one: readonly string[], two: readonly string[], three: readonly string[]): [string, string, string][] {
  return one.flatMap((a) => two.flatMap((b) => three.map((c): [string, string, string] => [a, b, c])));
}

/** Every list that has one verb less, with that verb's name. */
export function withoutOneVerb(permissions: readonly Permission[]): [string, Permission[]][] {
  return permissions.flatMap((permission, index) =>
    permission.resources.flatMap((resource) =>
      permission.verbs.map((verb): [string, Permission[]] => [
        `${verb} ${resource}`,
        [
          ...permissions.filter((_, other) => other !== index),
          { ...permission, resources: permission.resources.filter((name) => name !== resource) },
          { ...permission, resources: [resource], verbs: permission.verbs.filter((name) => name !== verb) },
        ].filter(({ resources, verbs }) => resources.length > 0 && verbs.length > 0),
      ]),
    ),
  );
}
