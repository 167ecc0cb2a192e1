import type { Permission } from '../../domain/actions/contract.ts';
import type { KubernetesClient } from './kubernetes-client.ts';

/** One verb on one resource. */
export interface AccessQuestion {
  readonly group: string;
  /** `deployments`, or with its part: `deployments/scale`. */
  readonly resource: string;
  readonly verb: string;
  /** Absent: everywhere, which for what lies in namespaces means in all of them. */
  readonly namespace?: string;
}

interface Review {
  readonly status?: { readonly allowed?: boolean };
}

/**
 * Whether the account that the client has may do this, as the API server says it.
 *
 * @throws MendloopError as the client does.
 */
export async function mayDo(kubernetes: KubernetesClient, question: AccessQuestion): Promise<boolean> {
  const [resource, subresource] = question.resource.split('/');
  const resourceAttributes = {
    ...{ group: question.group, resource, verb: question.verb },
    ...(subresource === undefined ? {} : { subresource }),
    ...(question.namespace === undefined ? {} : { namespace: question.namespace }),
  };
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
  const { status } = await kubernetes.post<Review>('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body);
  return status?.allowed === true;
}

/** Every verb on every resource of these rules, each once: those of namespaces in each of them. No namespaces: everywhere. */
export function questionsOf(permissions: readonly Permission[], namespaces: readonly string[]): AccessQuestion[] {
  const questions = permissions.flatMap(({ apiGroups, resources, verbs, scope }) => {
    const places =
      scope === 'cluster' || namespaces.length === 0 ? [{}] : namespaces.map((namespace) => ({ namespace }));
    return places.flatMap((place) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb, ...place }))),
      ),
    );
  });
  return [...new Map(questions.map((question) => [describeQuestion(question), question])).values()];
}

/** `patch deployments.apps/scale in shop` */
export function describeQuestion({ group, resource, verb, namespace }: AccessQuestion): string {
  const [name, ...part] = resource.split('/');
  const full = [group === '' ? name : `${name}.${group}`, ...part].join('/');
  return `${verb} ${full} ${namespace === undefined ? 'everywhere' : `in ${namespace}`}`;
}
