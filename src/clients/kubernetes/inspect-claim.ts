import type { V1PersistentVolumeClaim, V1StorageClass } from '@kubernetes/client-node';
import type { ExpandVolumeSeen } from '../../domain/actions/expand_volume/expand-volume.ts';
import { lastFieldChange } from '../../domain/actions/field-owners.ts';
import { defined } from '../../domain/defined.ts';
import type { Target } from '../../domain/target/target.ts';
import { inspectObject } from './inspect-object.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { unlessGone } from './pod-workload.ts';

export type Claim = V1PersistentVolumeClaim;

/** A claim with its storage class. @throws MendloopError `TargetNotFound`. */
export async function inspectClaim(kubernetes: KubernetesClient, target: Target): Promise<ExpandVolumeSeen> {
  const { object, base } = await inspectObject<Claim>(kubernetes, target);
  const { metadata, spec, status } = object;
  const name = spec?.storageClassName ?? '';
  const path = `/apis/storage.k8s.io/v1/storageclasses/${encodeURIComponent(name)}`;
  const storageClass = name === '' ? undefined : await unlessGone(kubernetes.get<V1StorageClass>(path));
  return defined({
    ...base,
    phase: status?.phase ?? 'Pending',
    request: spec?.resources?.requests?.['storage'] ?? '0',
    capacity: status?.capacity?.['storage'],
    storageClass: storageClass && { name, allowsExpansion: storageClass.allowVolumeExpansion === true },
    resizing: resizingOf(object),
    changedAt: lastFieldChange(metadata, ['resources', 'requests', 'storage']),
    seenAt: Date.now(),
  });
}

/** A resize that is under way, for people; undefined: none. */
export function resizingOf({ status }: Claim): string | undefined {
  const condition = (status?.conditions ?? []).find(
    ({ type, status: is }) => is === 'True' && (type === 'Resizing' || type === 'FileSystemResizePending'),
  );
  const resize = status?.allocatedResourceStatuses?.['storage'];
  if (condition === undefined) return resize;
  return condition.message === undefined ? condition.type : `${condition.type}: ${condition.message}`;
}
