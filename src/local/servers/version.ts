/** The versions of a server that Mendloop can use: `min` itself is in the range, `below` is not. */
export interface VersionRange {
  min: string;
  below?: string | undefined;
}

/**
 * Finds the first `major.minor.patch` in what a program printed about itself, as in `Kubernetes v1.36.1` or
 * `prometheus, version 2.42.0+ds (branch: ...)`. Pre-release and build parts are dropped: they do not decide whether a
 * server serves.
 */
export function parseVersion(text: string): string | undefined {
  return /\d+\.\d+\.\d+/.exec(text)?.[0];
}

/** Negative when `a` is older than `b`, 0 when equal, positive when newer. Takes `major.minor.patch` only. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (const [place, number] of left.entries()) {
    const difference = number - (right[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Why this version does not serve, or `undefined` when it does. */
export function versionProblem(version: string, range: VersionRange): string | undefined {
  if (compareVersions(version, range.min) < 0) return `version ${version} is older than ${range.min}`;
  if (range.below !== undefined && compareVersions(version, range.below) >= 0) {
    return `version ${version} is not below ${range.below}`;
  }
  return undefined;
}
