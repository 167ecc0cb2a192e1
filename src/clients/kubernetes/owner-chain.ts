import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { Target } from '../../domain/target/target.ts';
import { controllerOf } from './follow-controllers.ts';
import { apiVersionOf, isKnownKind, objectPath } from './kinds.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { whyUnread } from './why-unread.ts';

/** An object as far as any of its kind is looked at. */
export interface ChainObject {
  readonly metadata?: V1ObjectMeta;
  readonly spec?: object;
  readonly status?: object;
}

export interface ChainLink {
  readonly target: Target;
  readonly object: ChainObject;
}

export interface OwnerChain {
  /** The object itself first, then its controller, and so on. */
  readonly links: readonly [ChainLink, ...ChainLink[]];
  /** The controller at the end that could not be read or is of a kind that is not known here; absent: the chain has ended. */
  readonly unread?: { readonly kind: string; readonly name: string; readonly apiVersion: string; readonly why: string };
}

/** Longer than any chain of controllers that is known; those that own each other go on for ever. */
const MAX_LINKS = 8;

/** The chain of controllers to its end, as far as it can be read. @throws MendloopError if the object itself cannot be. */
export async function readOwnerChain(kubernetes: KubernetesClient, target: Target): Promise<OwnerChain> {
  const first = { target, object: await kubernetes.get<ChainObject>(objectPath(target)) };
  const links: [ChainLink, ...ChainLink[]] = [first];
  let last: ChainLink = first;
  for (;;) {
    const owner = controllerOf(last.object.metadata);
    if (owner === undefined) return { links };
    const { kind, name, apiVersion, uid } = owner;
    const unread = (why: string): OwnerChain => ({ links, unread: { kind, name, apiVersion, why } });
    if (links.length >= MAX_LINKS || links.some(({ object }) => object.metadata?.uid === uid)) {
      return unread('the controllers own each other');
    }
    if (!isKnownKind(kind) || apiVersionOf(kind).split('/')[0] !== apiVersion.split('/')[0]) {
      return unread('a kind that is not known here');
    }
    const next: Target = { ...target, kind, name };
    try {
      const object = await kubernetes.get<ChainObject>(objectPath(next));
      if (object.metadata?.uid !== uid) return unread('it is gone');
      last = { target: next, object };
      links.push(last);
    } catch (error) {
      return unread(whyUnread(error));
    }
  }
}
