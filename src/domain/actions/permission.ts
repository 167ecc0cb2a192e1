import { defined } from '../defined.ts';
import { type Permission, Scope } from './contract.ts';

/** A rule for what lies in a namespace: `fields` are those of `spec` that are patched. */
export function namespaced(
  apiGroup: string,
  resources: readonly string[],
  verbs: readonly string[],
  fields?: readonly string[],
): Permission {
  return { apiGroups: [apiGroup], resources, verbs, scope: Scope.Namespaced, ...defined({ fields }) };
}

/** What following a Pod to its workload takes, and marks, Event and watch; `fields`: what of the workload is patched. */
export function templatePermissions(fields: readonly string[]): Permission[] {
  return [
    namespaced('apps', ['deployments', 'statefulsets', 'daemonsets'], ['get', 'watch', 'patch'], fields),
    namespaced('apps', ['replicasets'], ['get']),
    namespaced('', ['pods'], ['get']),
    namespaced('', ['events'], ['create']),
  ];
}
