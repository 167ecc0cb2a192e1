import { createHash } from 'node:crypto';
import { MendloopError } from '../../domain/failures.ts';
import type { ScaleTarget } from '../../domain/target/target.ts';
import type { KubernetesClient } from './kubernetes-client.ts';

export interface TargetEvent {
  readonly target: ScaleTarget;
  readonly uid: string;
  readonly remediationId: string;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, as `kubectl describe` shows it: `MendloopScaled`. */
  readonly reason: string;
  readonly message: string;
}

/** What the API server takes of a message. Source: Kubernetes `core/v1` validation. */
const MAX_MESSAGE = 1024;

/**
 * Adds a Kubernetes Event to the target, for `kubectl describe`. Once for each remediation and reason: its name is made
 * of them, so that a retry finds it there.
 */
export async function recordEvent(kubernetes: KubernetesClient, event: TargetEvent): Promise<void> {
  const { target, uid, remediationId, type, reason, message } = event;
  const { namespace, kind, name } = target;
  const key = createHash('sha256').update(`${remediationId} ${uid} ${reason}`).digest('hex').slice(0, 16);
  const now = new Date().toISOString();
  try {
    await kubernetes.create(`/api/v1/namespaces/${encodeURIComponent(namespace)}/events`, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name.slice(0, 200)}.${key}`, namespace },
      involvedObject: { apiVersion: 'apps/v1', kind, namespace, name, uid },
      type,
      reason,
      message: message.slice(0, MAX_MESSAGE),
      source: { component: 'mendloop' },
      reportingComponent: 'mendloop',
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    });
  } catch (error) {
    if (error instanceof MendloopError && error.type === 'TargetChanged') return; // 409: it is there already.
    throw error;
  }
}
