import type { Permission } from '../../domain/actions/contract.ts';
import type { GitOpsTool } from '../../domain/gitops/applier.ts';

/**
 * What each tool's objects are read and paused with, in the tool's own namespaces. `files/gitops.yaml` of the chart is made of
 * it: the reading of one object with `gitOps.TOOL.enabled`, all of it with `gitOps.TOOL.suspend`.
 */
export const GITOPS_PERMISSIONS: Readonly<Record<GitOpsTool, readonly Permission[]>> = {
  argocd: [
    {
      ...{
        apiGroups: ['argoproj.io'],
        resources: ['applications'],
        verbs: ['get', 'list', 'patch'],
        scope: 'namespaced',
      },
      fields: ['syncPolicy'],
    },
  ],
  flux: [
    {
      ...{ apiGroups: ['kustomize.toolkit.fluxcd.io'], resources: ['kustomizations'], scope: 'namespaced' },
      ...{ verbs: ['get', 'list', 'patch'], fields: ['suspend'] },
    },
    {
      ...{ apiGroups: ['helm.toolkit.fluxcd.io'], resources: ['helmreleases'], scope: 'namespaced' },
      ...{ verbs: ['get', 'list', 'patch'], fields: ['suspend'] },
    },
    {
      apiGroups: ['source.toolkit.fluxcd.io'],
      resources: ['gitrepositories', 'helmrepositories', 'ocirepositories', 'buckets'],
      ...{ verbs: ['get'], scope: 'namespaced' },
    },
  ],
};
