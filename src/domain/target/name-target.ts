import type { Target } from './target.ts';

/** `Deployment production/order-service`, for people. Apart from what checks a target, so that the browser can name one. */
export function nameTarget({ namespace, kind, name }: Target): string {
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
