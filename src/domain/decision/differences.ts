/** One place in which two decisions differ: where, and what stands there in each; undefined where there is nothing. */
export interface Difference {
  /** Keys on the way, as `plan.parameters.add`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Not part of what is decided: they differ with every build. */
const OF_THE_BUILD: ReadonlySet<string> = new Set(['policyRevision', 'decisionId']);

/** Where two decisions differ, in the order of the first's keys. Lists are compared entry by entry. */
export function differencesOf(before: object, after: object): Difference[] {
  const [left, right] = [flat(before), flat(after)];
  const paths = new Set([...left.keys(), ...right.keys()]);
  return [...paths].flatMap((path) => {
    const [one, other] = [left.get(path), right.get(path)];
    return one === other ? [] : [{ path, before: one, after: other }];
  });
}

/** Every leaf by its path; an empty object or list is one too. */
function flat(value: unknown, path = ''): Map<string, unknown> {
  if (typeof value !== 'object' || value === null) return new Map([[path, value]]);
  const entries = Object.entries(value).filter(([key]) => path !== '' || !OF_THE_BUILD.has(key));
  if (entries.length === 0) return new Map([[path, Array.isArray(value) ? '[]' : '{}']]);
  return new Map(entries.flatMap(([key, inner]) => [...flat(inner, path === '' ? key : `${path}.${key}`)]));
}
