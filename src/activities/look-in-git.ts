import { readApplier } from '../clients/gitops/appliers.ts';
import type { KubernetesClient } from '../clients/kubernetes/kubernetes-client.ts';
import { Part } from '../domain/authority/seen-object.ts';
import { type Applier, applierOf, type GitOpsTerms, nameApplier } from '../domain/gitops/applier.ts';
import type { LookInGit } from './plan-change.ts';

/** Reads the Applications, Kustomizations and HelmReleases that apply what is to be moved. */
export function createLookInGit(parts: {
  readonly kubernetes: KubernetesClient;
  readonly terms: GitOpsTerms;
}): LookInGit {
  const { kubernetes, terms } = parts;
  return async (objects) => {
    const moved = objects.filter(({ part }) => part === Part.Moved);
    const appliers = new Map<string, Applier>();
    for (const applier of moved.flatMap((object) => applierOf(object, terms) ?? [])) {
      appliers.set(nameApplier(applier), applier);
    }
    return await Promise.all([...appliers.values()].map((applier) => readApplier(kubernetes, applier, terms)));
  };
}
