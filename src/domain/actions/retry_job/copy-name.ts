import { shortDigest } from '../short-digest.ts';

/** Longest name of a Job whose Pods can be named after it. Source: Kubernetes, `batch/v1` validation. */
const MAX_NAME = 63;

const SUFFIX = /-retry-\d+-[0-9a-f]{8}$/;

/** The same for the same Job, however often it is asked: a second copy of one failure finds the first. */
export function copyName({ name, uid, retries }: { name: string; uid: string; retries: number }): string {
  const suffix = `-retry-${retries}-${shortDigest(uid)}`;
  const base = name.replace(SUFFIX, '').slice(0, MAX_NAME - suffix.length);
  return `${base.replace(/[^a-z0-9]+$/, '')}${suffix}`;
}
