interface Source {
  readonly name?: string;
}

interface ContainerLike {
  readonly envFrom?: readonly { readonly configMapRef?: Source }[];
  readonly env?: readonly { readonly valueFrom?: { readonly configMapKeyRef?: Source } }[];
}

/** What of a Pod's spec names ConfigMaps. Source: Kubernetes API, `core/v1`. */
export interface PodSpecWithSources {
  readonly containers?: readonly ContainerLike[];
  readonly initContainers?: readonly ContainerLike[];
  readonly volumes?: readonly {
    readonly configMap?: Source;
    readonly projected?: { readonly sources?: readonly { readonly configMap?: Source }[] };
  }[];
}

/** Whether Pods of this spec are given the ConfigMap, as files or as variables. */
export function readsConfigMap(
  { containers = [], initContainers = [], volumes = [] }: PodSpecWithSources,
  name: string,
): boolean {
  const sources = [
    ...[...containers, ...initContainers].flatMap(({ envFrom = [], env = [] }) => [
      ...envFrom.map(({ configMapRef }) => configMapRef),
      ...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef),
    ]),
    ...volumes.flatMap(({ configMap, projected }) => [
      configMap,
      ...(projected?.sources ?? []).map((source) => source.configMap),
    ]),
  ];
  return sources.some((source) => source?.name === name);
}
