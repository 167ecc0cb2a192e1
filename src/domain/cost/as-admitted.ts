import type { ContainerLike, PodSpecLike, Requirements } from './pod-requests.ts';

/**
 * A template as the API server admits it: with what a Pod that was made of it has got on the way, as the overhead of its
 * RuntimeClass, containers that were injected, and a LimitRange's defaults. What the template itself declares stays: a Pod
 * may have been resized in place since, and the next one is not.
 */
export function asAdmitted(template: PodSpecLike, pod: PodSpecLike | undefined): PodSpecLike {
  if (pod === undefined) return template;
  const { overhead = template.overhead } = pod;
  return {
    ...template,
    ...(overhead === undefined ? {} : { overhead }),
    containers: withAdded(template.containers, pod.containers),
    initContainers: withAdded(template.initContainers, pod.initContainers),
  };
}

/** In the Pod's order: what an injected sidecar needs counts from where it stands. */
function withAdded(declared: readonly ContainerLike[] = [], admitted: readonly ContainerLike[] = []): ContainerLike[] {
  const own = new Map(declared.map((container) => [container.name, container]));
  const merged = admitted.map((container) => withDefaults(own.get(container.name), container));
  const names = new Set(admitted.map(({ name }) => name));
  return [...merged, ...declared.filter(({ name }) => !names.has(name))];
}

function withDefaults(own: ContainerLike | undefined, admitted: ContainerLike): ContainerLike {
  if (own === undefined) return admitted;
  const { requests = {}, limits = {} } = own.resources ?? {};
  const missing = Object.entries(admitted.resources?.requests ?? {}).filter(
    ([resource]) => !Object.hasOwn(requests, resource) && !Object.hasOwn(limits, resource),
  );
  const resources: Requirements = { limits, requests: { ...Object.fromEntries(missing), ...requests } };
  return { ...own, resources };
}
