type Texts = Readonly<Record<string, string>>;

/** What an object is to an action. `moved`: the action writes it, so that what else applies it would put it back. */
export const Part = {
  Moved: 'moved',
  /** It is acted on without being written: a Pod that is deleted. */
  Used: 'used',
  /** It stands between the named object and the one that is acted on, or behind that. */
  Controller: 'controller',
  /** A Pod that has to leave its node. */
  Evicted: 'evicted',
} as const;
export type Part = (typeof Part)[keyof typeof Part];

/** An object of the cluster that an action touches, as far as it says to whom it belongs. Never recorded as a whole. */
export interface SeenObject {
  readonly part: Part;
  readonly kind: string;
  /** Empty for an object of the cluster itself. */
  readonly namespace: string;
  readonly name: string;
  readonly labels: Texts;
  readonly annotations: Texts;
  /** Labels of its Pods, where it has a template; a Pod's own. */
  readonly podLabels: Texts;
  /** Empty: none. */
  readonly priorityClass: string;
  /** Field managers, by the API server's own record. */
  readonly managers: readonly string[];
}

/** What every action has to have seen, whatever else. */
export interface Looked {
  /** All that it touches, the one that is acted on first. */
  readonly objects: readonly SeenObject[];
}

/** A namespace, as far as it says to whom it belongs. */
export interface NamespaceFacts {
  readonly name: string;
  readonly labels: Texts;
  readonly annotations: Texts;
}

/** `Deployment shop/api`. */
export function nameObject({ kind, namespace, name }: Pick<SeenObject, 'kind' | 'namespace' | 'name'>): string {
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
