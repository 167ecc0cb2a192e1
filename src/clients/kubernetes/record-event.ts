import { createHash } from 'node:crypto';
import { MendloopError } from '../../domain/failures.ts';
import type { Target } from '../../domain/target/target.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { apiVersionOf } from './kinds.ts';

export interface TargetEvent {
  readonly target: Target;
  readonly uid: string;
  readonly remediationId: string;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, as `kubectl describe` shows it: `MendloopActed`. */
  readonly reason: string;
  readonly message: string;
}

/** Where Kubernetes keeps the Events of objects that have no namespace. */
const CLUSTER_EVENTS = 'default';

/** What the API server takes of a message. Source: Kubernetes `core/v1` validation. */
const MAX_MESSAGE = 1024;

/**
 * Adds a Kubernetes Event to the target, for `kubectl describe`. Once for each remediation and reason: its name is made
 * of them, so that a retry finds it there.
 */
export async function recordEvent(kubernetes: KubernetesClient, event: TargetEvent): Promise<void> {
  await addEvent(kubernetes, event);
}

/** The same; says whether it was there already. */
export async function addEvent(
  kubernetes: KubernetesClient,
  event: TargetEvent,
): Promise<{ readonly wasThere: boolean }> {
  const { target, uid, type, reason, message } = event;
  const { namespace: own, kind, name } = target;
  const now = new Date().toISOString();
  try {
    await kubernetes.create(eventsPath(event), {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: nameOf(event), namespace: own || CLUSTER_EVENTS },
      involvedObject: {
        ...{ apiVersion: apiVersionOf(kind), kind, name, uid },
        ...(own === '' ? {} : { namespace: own }),
      },
      type,
      reason,
      message: message.slice(0, MAX_MESSAGE),
      source: { component: 'mendloop' },
      reportingComponent: 'mendloop',
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    });
    return { wasThere: false };
  } catch (error) {
    if (error instanceof MendloopError && error.type === 'TargetChanged') return { wasThere: true }; // 409.
    throw error;
  }
}

/** Where the Event is, below the API server's address. */
export function eventPath(event: TargetEvent): string {
  return `${eventsPath(event)}/${encodeURIComponent(nameOf(event))}`;
}

function eventsPath({ target }: TargetEvent): string {
  return `/api/v1/namespaces/${encodeURIComponent(target.namespace || CLUSTER_EVENTS)}/events`;
}

function nameOf({ target, uid, remediationId, reason }: TargetEvent): string {
  const key = createHash('sha256').update(`${remediationId} ${uid} ${reason}`).digest('hex').slice(0, 16);
  return `${target.name.slice(0, 200)}.${key}`;
}
