import { type Authority, isNamed } from './authority.ts';
import { nameObject, type NamespaceFacts, Part, type SeenObject } from './seen-object.ts';

type Texts = Readonly<Record<string, string>>;

/** Label or annotation by which people keep an object, or a whole namespace, from ever being touched. */
const PROTECTED_MARK = 'mendloop.dev/protected';

/** Kubernetes reserves `kube-`; the others are where distributions keep the control plane and the network of nodes. */
const SYSTEM_NAMESPACE =
  /^(kube-.+|openshift(-.+)?|gke-(managed-.+|system)|gmp-(system|public)|cattle-.+|(calico|cilium|antrea)-system|tigera-operator)$/;

/** Without these the cluster does not hold together, in whatever namespace they are. */
const SYSTEM_PRIORITY = /^system-(cluster|node)-critical$/;

const CONTROL_PLANE_NODE = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

/** The kubelet's mark on the mirror of a static Pod. */
const MIRROR = 'kubernetes.io/config.mirror';

/** What Mendloop rests on, by the labels that its chart and Temporal's give. */
const OWN_NAMES = ['mendloop', 'temporal'];
const NAME_LABELS = ['app.kubernetes.io/name', 'app.kubernetes.io/part-of', 'app'];

/** Why nothing is ever done in a namespace, whatever policy says; undefined: it is not protected by its name. */
export function protectedNamespace(
  namespace: string,
  { ownNamespace, protectedNamespaces }: Pick<Authority, 'ownNamespace' | 'protectedNamespaces'>,
): string | undefined {
  if (namespace === '') return undefined;
  if (SYSTEM_NAMESPACE.test(namespace)) return `Namespace ${namespace} is the cluster's own`;
  if (namespace === ownNamespace) return `Namespace ${namespace} is Mendloop's own`;
  if (isNamed(protectedNamespaces, namespace)) {
    return `Namespace ${namespace} is protected by the settings (targets.protectedNamespaces)`;
  }
  return undefined;
}

/** A Service on which Mendloop rests, with the labels by which it finds its Pods. */
export interface BackingPods {
  readonly what: string;
  readonly namespace: string;
  readonly selector: Texts;
}

export interface ProtectionQuestion {
  readonly objects: readonly SeenObject[];
  /** Absent: the object is of the cluster itself. */
  readonly namespace: NamespaceFacts | undefined;
  readonly authority: Authority;
  readonly backing: readonly BackingPods[];
}

/** Why one of the objects must not be touched, whatever policy says; undefined: none is protected. */
export function protectionOf({ objects, namespace, authority, backing }: ProtectionQuestion): string | undefined {
  if (namespace !== undefined && isMarked(namespace)) {
    return `Namespace ${namespace.name} is marked with ${PROTECTED_MARK}`;
  }
  for (const object of objects) {
    const why = ownProtection(object, authority) ?? backingProtection(object, backing);
    if (why !== undefined) return why;
  }
  return undefined;
}

function ownProtection(object: SeenObject, authority: Authority): string | undefined {
  const { kind, part, labels, annotations, podLabels, priorityClass } = object;
  const name = nameObject(object);
  if (isMarked(object)) return `${name} is marked with ${PROTECTED_MARK}`;
  if (kind === 'Node' && CONTROL_PLANE_NODE.some((label) => Object.hasOwn(labels, label))) {
    return `${name} is of the control plane`;
  }
  if (Object.hasOwn(annotations, MIRROR) || podLabels['tier'] === 'control-plane') {
    return `${name} is of the control plane`;
  }
  const isOurs = [labels, podLabels].some((texts) =>
    NAME_LABELS.some((label) => OWN_NAMES.includes(texts[label] ?? '')),
  );
  if (isOurs) return `${name} is what Mendloop rests on, by its labels`;
  if (object.namespace !== '' && object.namespace === authority.ownNamespace)
    return `${name} is in Mendloop's own namespace`;
  if (part === Part.Evicted && authority.evictsSystemPods) return undefined;
  if (SYSTEM_PRIORITY.test(priorityClass)) return `${name} has priority ${priorityClass}`;
  return protectedNamespace(object.namespace, authority);
}

function backingProtection(object: SeenObject, backing: readonly BackingPods[]): string | undefined {
  const found = backing.find(
    ({ namespace, selector }) =>
      namespace === object.namespace &&
      Object.keys(selector).length > 0 &&
      Object.entries(selector).every(([key, value]) => object.podLabels[key] === value),
  );
  return found && `${nameObject(object)} is behind ${found.what}, on which Mendloop rests`;
}

function isMarked({ labels, annotations }: { readonly labels: Texts; readonly annotations: Texts }): boolean {
  return [labels, annotations].some((texts) => /^(true|yes|on|enabled|1)$/i.test(texts[PROTECTED_MARK] ?? ''));
}
