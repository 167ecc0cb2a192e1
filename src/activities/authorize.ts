import type { KubernetesClient } from '../clients/kubernetes/kubernetes-client.ts';
import { readNamespace, readSelector } from '../clients/kubernetes/seen-object.ts';
import type { Authority } from '../domain/authority/authority.ts';
import { optInOf } from '../domain/authority/opt-in.ts';
import { type Ownership, ownershipOf } from '../domain/authority/ownership.ts';
import { type BackingPods, protectedNamespace, protectionOf } from '../domain/authority/protected.ts';
import type { Looked, SeenObject } from '../domain/authority/seen-object.ts';
import { MendloopError } from '../domain/failures.ts';
import type { Target } from '../domain/target/target.ts';

export interface Authorized<Seen extends Looked> {
  readonly seen: Seen;
  /** The label of the team, by which budgets know whose money it is; empty where no team is known. */
  readonly teamLabels: Readonly<Record<string, string>>;
  readonly ownership: Ownership;
}

/**
 * Whether a target may be touched, by the operator's settings and by what the object and its namespace say of themselves;
 * never by policy's word or by an alert's.
 *
 * @throws MendloopError `TargetNotEnabled`, `TargetProtected`; the API server's own, and those of `looking`.
 */
export type Authorize = <Seen extends Looked>(target: Target, looking: Promise<Seen>) => Promise<Authorized<Seen>>;

/** Why one of those objects is never touched; undefined: none is protected. @throws MendloopError, the API server's own. */
export type Protection = (objects: readonly SeenObject[]) => Promise<string | undefined>;

/** For what an action meets on its way, after its target was authorized. */
export function createProtection(parts: {
  readonly kubernetes: KubernetesClient;
  readonly authority: Authority;
}): Protection {
  const { authority } = parts;
  const backing = backingOf(parts);
  return async (objects) => protectionOf({ objects, namespace: undefined, authority, backing: await backing(objects) });
}

/** A Service of Mendloop's that cannot be read leaves open which Pods are behind it: then nothing there is touched. */
function backingOf({ kubernetes, authority }: { kubernetes: KubernetesClient; authority: Authority }) {
  return async (objects: readonly SeenObject[]): Promise<BackingPods[]> => {
    const services = authority.backing.filter(({ namespace }) => objects.some((one) => one.namespace === namespace));
    const found = await Promise.all(
      services.map(async (service) => ({ ...service, selector: (await readSelector(kubernetes, service)) ?? {} })),
    );
    return found.map(({ what, namespace, selector }) => ({ what, namespace, selector }));
  };
}

export function createAuthorize(parts: {
  readonly kubernetes: KubernetesClient;
  readonly authority: Authority;
}): Authorize {
  const { kubernetes, authority } = parts;

  const backingPods = backingOf(parts);

  return async <Seen extends Looked>(target: Target, looking: Promise<Seen>) => {
    looking.catch(() => undefined); // Where it may not be touched, what was seen of it is nobody's concern.
    requireUnprotected(target, authority);
    const namespace = target.namespace === '' ? undefined : await readNamespace(kubernetes, target.namespace);
    const early = namespace && optInOf({ target, labels: namespace.labels, authority });
    if (early !== undefined && early.by === undefined) throw new MendloopError('TargetNotEnabled', early.why);
    const seen = await looking;
    const { objects } = seen;
    const optIn = early ?? optInOf({ target, labels: objects[0]?.labels ?? {}, authority });
    if (optIn.by === undefined) throw new MendloopError('TargetNotEnabled', optIn.why);
    const why = protectionOf({ objects, namespace, authority, backing: await backingPods(objects) });
    if (why !== undefined) throw protectedBy(why);
    const ownership = ownershipOf({ objects, namespace, authority, optedInBy: optIn.by });
    const { team } = ownership;
    return { seen, ownership, teamLabels: team === undefined ? {} : { [authority.teamLabel]: team.name } };
  };
}

/**
 * The gate that every effect passes, whatever was planned by whom: the namespace is none that is protected, and the target
 * is opted in, by the settings of now or by the label that was seen.
 *
 * @throws MendloopError `TargetProtected`, `TargetNotEnabled`.
 */
export function requireAuthority(
  { target, ownership }: { readonly target: Target; readonly ownership?: Ownership | undefined },
  authority: Authority,
): void {
  requireUnprotected(target, authority);
  const optIn = optInOf({ target, labels: {}, authority });
  if (optIn.by !== undefined || ownership?.optedInBy.startsWith('label ') === true) return;
  throw new MendloopError('TargetNotEnabled', optIn.why);
}

function requireUnprotected({ namespace }: Target, authority: Authority): void {
  const why = protectedNamespace(namespace, authority);
  if (why !== undefined) throw protectedBy(why);
}

function protectedBy(why: string): MendloopError {
  return new MendloopError('TargetProtected', `${why}: nothing is done to it, whatever policy says`);
}
