import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createKubernetesClient, type KubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';
import { ApiClient, type ApiCall, ApiRefused, type KubernetesApi } from '../../../src/local/kubernetes/api.ts';
import { writeKubeconfig } from '../../../src/local/kubernetes/kubeconfig.ts';
import type { ControlPlane } from '../../../dev/stack/index.ts';
import { PATIENCE_MS } from '../patience.ts';

const tokenSchema = z.object({ status: z.object({ token: z.string() }) });

const ruleSchema = z.object({
  apiGroups: z.array(z.string()),
  resources: z.array(z.string()),
  verbs: z.array(z.string()),
});
const reviewSchema = z.object({ status: z.object({ resourceRules: z.array(ruleSchema) }) });

/** A service account with its own token, as a Pod has it. */
export interface Account {
  /** What Mendloop uses, with this token. */
  readonly kubernetes: KubernetesClient;
  call(call: ApiCall): Promise<unknown>;
  /** `allowed`, or the API server's reason and words. */
  attempt(call: ApiCall): Promise<string>;
  /** All that it may do in a namespace, each as `verb group/resource`; without what every account may. */
  permissions(namespace: string): Promise<string[]>;
  close(): void;
}

export async function accountOf(
  plane: ControlPlane,
  { namespace, name }: { namespace: string; name: string },
): Promise<Account> {
  const token = await requestToken(plane, { namespace, name });
  const own = { ...plane, token };
  const client = new ApiClient(own, { timeoutMs: PATIENCE_MS });
  return {
    kubernetes: await clientOf(own, name),
    call: (call) => client.call(call),
    attempt: async (call) => {
      try {
        await client.call(call);
        return 'allowed';
      } catch (error) {
        if (error instanceof ApiRefused) return error.message;
        throw error;
      }
    },
    permissions: async (inside) => {
      const review = await client.call({
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
        body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: inside } },
      });
      return flatRules(reviewSchema.parse(review).status.resourceRules);
    },
    close: () => client.close(),
  };
}

/** A token that the API server makes for the account, as it does for a Pod. */
export async function requestToken(
  plane: KubernetesApi,
  { namespace, name }: { namespace: string; name: string },
): Promise<string> {
  const admin = new ApiClient(plane, { timeoutMs: PATIENCE_MS });
  const answer = await admin
    .call({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } },
    })
    .finally(() => admin.close());
  return tokenSchema.parse(answer).status.token;
}

async function clientOf(own: KubernetesApi, user: string): Promise<KubernetesClient> {
  const folder = await mkdtemp(join(tmpdir(), 'mendloop-account-'));
  const kubeconfig = join(folder, 'kubeconfig');
  try {
    await writeKubeconfig(kubeconfig, { api: own, user });
    return createKubernetesClient({ cluster: 'default', kubeconfig, timeoutSeconds: PATIENCE_MS / 1000 });
  } finally {
    await rm(folder, { recursive: true, force: true }); // It was read at once, and is not read again.
  }
}

/** Rules as single permissions, each once, in order. */
export function flatRules(rules: readonly z.infer<typeof ruleSchema>[]): string[] {
  const flat = rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`))),
  );
  // Everybody may ask who they are and what they may do.
  return [...new Set(flat)].filter((one) => !/ (authorization|authentication)\.k8s\.io\//.test(one)).sort();
}
