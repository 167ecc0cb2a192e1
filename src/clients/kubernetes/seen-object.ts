import type { NamespaceFacts, Part, SeenObject } from '../../domain/authority/seen-object.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { KubernetesClient } from './kubernetes-client.ts';

interface ApiObject {
  readonly metadata?:
    | {
        readonly namespace?: string;
        readonly name?: string;
        readonly labels?: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
        readonly managedFields?: readonly { readonly manager?: string }[];
      }
    | undefined;
  /** A Pod's own, or with a template for Pods. */
  readonly spec?: object | undefined;
}

interface PodShape {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly priorityClassName?: string };
}

/** What of an object says to whom it belongs. */
export function seenObject(part: Part, kind: string, object: ApiObject): SeenObject {
  const { metadata, spec } = object;
  const { template } = (spec ?? {}) as { template?: PodShape };
  const pod: PodShape = kind === 'Pod' ? (object as PodShape) : (template ?? {});
  return {
    ...{ part, kind },
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    labels: metadata?.labels ?? {},
    annotations: metadata?.annotations ?? {},
    podLabels: pod.metadata?.labels ?? {},
    priorityClass: pod.spec?.priorityClassName ?? '',
    managers: (metadata?.managedFields ?? []).flatMap(({ manager }) => manager ?? []),
  };
}

/** @throws MendloopError `TargetNotFound`; `KubernetesForbidden`: what a namespace says must be known. */
export async function readNamespace(kubernetes: KubernetesClient, name: string): Promise<NamespaceFacts> {
  const path = `/api/v1/namespaces/${encodeURIComponent(name)}`;
  const { metadata } = await kubernetes.get<ApiObject>(path);
  return { name, labels: metadata?.labels ?? {}, annotations: metadata?.annotations ?? {} };
}

/** By which labels a Service finds its Pods; undefined: there is no such Service, or it finds none by labels. */
export async function readSelector(
  kubernetes: KubernetesClient,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<Readonly<Record<string, string>> | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${encodeURIComponent(name)}`;
  try {
    const { spec } = await kubernetes.get<{ spec?: { selector?: Record<string, string> } }>(path);
    return spec?.selector;
  } catch (error) {
    if (error instanceof MendloopError && error.type === 'TargetNotFound') return undefined;
    throw error;
  }
}
