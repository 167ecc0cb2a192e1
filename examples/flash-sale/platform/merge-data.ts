export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** `overlay` over `base`: objects are merged key by key, anything else is replaced. */
export function mergeData(base: JsonObject, overlay: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = { ...base };
  for (const [key, value] of Object.entries(overlay)) {
    const below = base[key];
    merged[key] = isObject(below) && isObject(value) ? mergeData(below, value) : value;
  }
  return merged;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
