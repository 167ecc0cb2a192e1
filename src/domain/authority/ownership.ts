import type { AppliedBy } from '../gitops/applier.ts';
import { type Defined, defined } from '../defined.ts';
import type { Authority } from './authority.ts';
import { inGitBy } from './in-git.ts';
import { nameObject, type NamespaceFacts, Part, type SeenObject } from './seen-object.ts';

type Texts = Readonly<Record<string, string>>;

/**
 * What follows from the object, and from the namespace that it is in: whose it is, by what it may be touched, and what
 * else applies it. Recorded before the first effect; an alert's labels say nothing of it.
 */
export interface Ownership {
  /** Absent: neither the object nor its namespace names one. */
  readonly team?: Said;
  readonly owner?: Said;
  /** `targets.namespaces`, or the label of the namespace. */
  readonly optedInBy: string;
  /** What applies it out of a repository, and by what that is seen. */
  readonly appliedBy?: string;
  /** The objects of Argo CD or Flux that do so, as they were read; absent: none of them is known. */
  readonly appliers?: readonly AppliedBy[];
}

export interface Said {
  readonly name: string;
  /** `label team of Deployment shop/api`. */
  readonly by: string;
}

/** Longest name that is taken for one. */
const MAX_NAME = 120;

export interface OwnershipQuestion {
  readonly objects: readonly SeenObject[];
  readonly namespace: NamespaceFacts | undefined;
  readonly authority: Pick<Authority, 'teamLabel' | 'ownerLabel' | 'argoTrackingLabel'>;
  readonly optedInBy: string;
}

export function ownershipOf({
  objects,
  namespace,
  authority,
  optedInBy,
}: OwnershipQuestion): Defined<Omit<Ownership, 'appliers'>> {
  const sources = [...objects.flatMap(ofObject), ...(namespace === undefined ? [] : ofNamespace(namespace))];
  return defined({
    team: saidBy(sources, authority.teamLabel),
    owner: saidBy(sources, authority.ownerLabel),
    optedInBy,
    appliedBy: inGitBy(
      objects.filter(({ part }) => part === Part.Moved),
      authority.argoTrackingLabel,
    ),
  });
}

interface Source {
  readonly texts: Texts;
  readonly what: 'label' | 'annotation';
  readonly of: string;
}

/** The end of the chain first: a Pod's labels are more hands' than those of what makes it. */
function ofObject(object: SeenObject): Source[] {
  if (object.part === Part.Evicted) return [];
  const name = nameObject(object);
  return [
    { texts: object.labels, what: 'label', of: name },
    { texts: object.annotations, what: 'annotation', of: name },
    { texts: object.podLabels, what: 'label', of: `the Pods of ${name}` },
  ];
}

function ofNamespace({ name, labels, annotations }: NamespaceFacts): Source[] {
  return [
    { texts: labels, what: 'label', of: `Namespace ${name}` },
    { texts: annotations, what: 'annotation', of: `Namespace ${name}` },
  ];
}

/** Whose a namespace is, by its own label or annotation; undefined: it does not say. */
export function teamOfNamespace(namespace: NamespaceFacts, teamLabel: string): string | undefined {
  return saidBy(ofNamespace(namespace), teamLabel)?.name;
}

function saidBy(sources: readonly Source[], key: string): Said | undefined {
  for (const { texts, what, of } of sources) {
    const name = Object.hasOwn(texts, key) ? (texts[key] ?? '').trim() : '';
    if (name !== '' && name.length <= MAX_NAME) return { name, by: `${what} ${key} of ${of}` };
  }
  return undefined;
}
