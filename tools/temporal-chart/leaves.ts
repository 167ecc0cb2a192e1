/** Paths of all values that hold no others. */
export function leavesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return Object.entries(value).flatMap(([key, child]) => leavesOf(child, [...path, key]));
}

/** A copy in which the value at this path is another of its kind. */
export function changed(values: object, path: readonly string[]): object {
  const copy = structuredClone(values);
  const keys = [...path];
  const last = keys.pop() ?? '';
  const parent = keys.reduce<Record<string, unknown>>(
    (at, key) => at[key] as Record<string, unknown>,
    copy as Record<string, unknown>,
  );
  parent[last] = anotherThan(parent[last]);
  return copy;
}

function anotherThan(value: unknown): unknown {
  switch (typeof value) {
    case 'boolean':
      return !value;
    case 'number':
      return value + 1;
    default:
      return `${String(value)}x`;
  }
}
