import { createAuthorize } from '../../src/activities/authorize.ts';
import type { KubernetesClient } from '../../src/clients/kubernetes/kubernetes-client.ts';
import type { Authority } from '../../src/domain/authority/authority.ts';
import type { SeenObject } from '../../src/domain/authority/seen-object.ts';

/** Every namespace and node is opted in; then as given. */
export function anAuthority(overrides: Partial<Authority> = {}): Authority {
  return {
    ...{ namespaces: ['*'], nodes: ['*'], protectedNamespaces: [], evictsSystemPods: false, backing: [] },
    jobServiceAccounts: [],
    label: { key: 'mendloop.dev/remediate', value: 'enabled' },
    ...{ teamLabel: 'team', ownerLabel: 'owner' },
    ...overrides,
  };
}

export const authorizeWith = (kubernetes: KubernetesClient, overrides: Partial<Authority> = {}) =>
  createAuthorize({ kubernetes, authority: anAuthority(overrides) });

/** A Deployment that is to be moved, without a mark of any kind; then as given. */
export function aSeenObject(overrides: Partial<SeenObject> = {}): SeenObject {
  return {
    ...{ part: 'moved', kind: 'Deployment', namespace: 'shop', name: 'api' },
    ...{ labels: {}, annotations: {}, podLabels: {}, priorityClass: '', managers: ['kubectl'] },
    ...overrides,
  };
}
