export type Json = Readonly<Record<string, unknown>>;

/** `object.union` of Rego, which is how OPA puts files together too: objects key by key, anything else whole. */
export function objectUnion(under: Json, over: Json): Json {
  const result = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    const below = result.get(key);
    result.set(key, isObject(below) && isObject(value) ? objectUnion(below, value) : value);
  }
  return Object.fromEntries(result);
}

/** The object that a value is; an empty one for any other value. */
export function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
