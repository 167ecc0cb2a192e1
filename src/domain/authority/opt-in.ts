import type { Target } from '../target/target.ts';
import { type Authority, isNamed } from './authority.ts';

export interface OptInQuestion {
  readonly target: Pick<Target, 'namespace' | 'kind' | 'name'>;
  /** Of the namespace, or of the object where it lies in none. */
  readonly labels: Readonly<Record<string, string>>;
  readonly authority: Pick<Authority, 'namespaces' | 'nodes' | 'label'>;
}

/** What opted the target in, for people; or why it is not: nothing is until an operator says so. */
export type OptIn = { readonly by: string } | { readonly by?: undefined; readonly why: string };

export function optInOf({ target, labels, authority }: OptInQuestion): OptIn {
  const { namespaces, nodes, label } = authority;
  const { namespace, kind, name } = target;
  const [patterns, place, key] =
    namespace === ''
      ? [nodes, `${kind} ${name}`, 'targets.nodes']
      : [namespaces, `Namespace ${namespace}`, 'targets.namespaces'];
  if (isNamed(patterns, namespace === '' ? name : namespace)) return { by: key };
  const text = `${label.key}=${label.value}`;
  if (Object.hasOwn(labels, label.key) && labels[label.key] === label.value) return { by: `label ${text} of ${place}` };
  return { why: `${place} is not opted in: it is neither among ${key} of the settings, nor has it the label ${text}` };
}
