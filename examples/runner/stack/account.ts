import { join } from 'node:path';
import { z } from 'zod';
import { GITOPS_PERMISSIONS } from '../../../src/clients/gitops/permissions.ts';
import { ALWAYS_READ } from '../../../src/clients/kubernetes/always-read.ts';
import type { Permission } from '../../../src/domain/actions/contract.ts';
import { ACTIONS, type ActionName } from '../../../src/domain/actions/index.ts';
import type { GitOpsTool } from '../../../src/domain/gitops/applier.ts';
import { writeKubeconfig } from '../../../src/local/kubernetes/kubeconfig.ts';
import type { ClusterHands } from './cluster-hands.ts';

const SYSTEM = 'mendloop-system';
const NAME = 'mendloop';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const SUBJECTS = [{ kind: 'ServiceAccount', namespace: SYSTEM, name: NAME }];
const READING = ['get', 'list', 'watch'];

const tokenSchema = z.object({ status: z.object({ token: z.string() }) });

type Rule = Pick<Permission, 'apiGroups' | 'resources' | 'verbs'>;

/**
 * Mendloop's service account, with the roles that the chart gives it for these actions: it reads everywhere, changes nodes
 * and the like everywhere, and all else only where {@link allowIn} binds it. Gives the path of its kubeconfig.
 */
export async function createAccount(
  cluster: ClusterHands,
  { directory, actions }: { readonly directory: string; readonly actions: readonly ActionName[] },
): Promise<string> {
  await cluster.create('/api/v1/namespaces', { metadata: { name: SYSTEM } });
  await cluster.create(`/api/v1/namespaces/${SYSTEM}/serviceaccounts`, { metadata: { name: NAME } });
  const permissions = permissionsOf(actions);
  await bindEverywhere(cluster, `${NAME}-read`, [
    ...ALWAYS_READ.map(ruleOf),
    ...permissions.map((permission) => only(permission, (verb) => READING.includes(verb))),
  ]);
  await bindEverywhere(
    cluster,
    `${NAME}-act-cluster`,
    permissions.filter(({ scope }) => scope === 'cluster').map(ruleOf),
  );
  const answer = await cluster.create(`/api/v1/namespaces/${SYSTEM}/serviceaccounts/${NAME}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 86_400 },
  });
  const file = join(directory, 'mendloop.kubeconfig');
  const { token } = tokenSchema.parse(answer).status;
  await writeKubeconfig(file, { api: { ...cluster.plane, token }, user: NAME });
  return file;
}

/** Lets the account take these actions in one namespace. */
export async function allowIn(
  cluster: ClusterHands,
  { namespace, actions }: { readonly namespace: string; readonly actions: readonly ActionName[] },
): Promise<void> {
  const metadata = { name: `${NAME}-act` };
  const rules = permissionsOf(actions)
    .filter(({ scope }) => scope === 'namespaced')
    .map((permission) => only(permission, (verb) => !READING.includes(verb)));
  await cluster.create(`${RBAC}/namespaces/${namespace}/roles`, { metadata, rules: rules.filter(isAny) });
  await cluster.create(`${RBAC}/namespaces/${namespace}/rolebindings`, bindingOf('Role', metadata.name));
}

/** Lets the account read what a GitOps tool applies things by, in one of the tool's namespaces: `gitOps.TOOL.enabled` of the chart. */
export async function allowReadingOf(
  cluster: ClusterHands,
  { tool, namespace }: { readonly tool: GitOpsTool; readonly namespace: string },
): Promise<void> {
  const metadata = { name: `${NAME}-gitops` };
  const rules = GITOPS_PERMISSIONS[tool].map((permission) => only(permission, (verb) => verb === 'get'));
  await cluster.create(`${RBAC}/namespaces/${namespace}/roles`, { metadata, rules });
  await cluster.create(`${RBAC}/namespaces/${namespace}/rolebindings`, bindingOf('Role', metadata.name));
}

async function bindEverywhere(cluster: ClusterHands, name: string, rules: readonly Rule[]): Promise<void> {
  await cluster.create(`${RBAC}/clusterroles`, { metadata: { name }, rules: rules.filter(isAny) });
  await cluster.create(`${RBAC}/clusterrolebindings`, bindingOf('ClusterRole', name));
}

function bindingOf(kind: 'Role' | 'ClusterRole', name: string) {
  return {
    metadata: { name },
    subjects: SUBJECTS,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
  };
}

function permissionsOf(actions: readonly ActionName[]): readonly Permission[] {
  return [...new Set(actions)].flatMap((name) => ACTIONS[name]?.permissions ?? []);
}

function ruleOf({ apiGroups, resources, verbs }: Permission): Rule {
  return { apiGroups, resources, verbs };
}

function only(permission: Permission, isWanted: (verb: string) => boolean): Rule {
  return { ...ruleOf(permission), verbs: permission.verbs.filter(isWanted) };
}

function isAny({ verbs }: Rule): boolean {
  return verbs.length > 0;
}
