import { TargetKind, targetSchema } from '../../domain/target/target.ts';
import { targetGuardId } from '../../contract/guards.ts';

/** ID of the guard of a target written as `cluster/namespace/Kind/name`; undefined if that is no target. */
export function targetGuardIdOf(text: string): string | undefined {
  // A cluster's name may hold slashes; nothing behind it does.
  const [, cluster, namespace, kind, name] = /^(.+)\/([^/]+)\/([^/]+)\/([^/]+)$/s.exec(text) ?? [];
  const target = targetSchema.safeParse({ cluster, namespace, kind, name });
  return target.success && target.data.kind !== TargetKind.Pod ? targetGuardId(target.data) : undefined;
}
