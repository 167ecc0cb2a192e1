/** An entry of `metadata.managedFields`. Source: Kubernetes API, `ManagedFieldsEntry`. */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly fieldsV1?: object;
  /** RFC 3339 in the API's JSON, whatever the client library's types call it: when it last changed any of its fields. */
  readonly time?: unknown;
}

/** Below `spec`: `replicas`, or the way down to a field that lies deeper. */
export type FieldOfSpec = string | readonly string[];

/** Who set a field of `spec`, by the API server's own record. Several, if one applied the value another had set. */
export function fieldOwners(entries: readonly ManagedFieldsEntry[] | undefined, field: FieldOfSpec): string[] {
  return (entries ?? []).flatMap((entry) => (owns(entry, field) && entry.manager !== undefined ? [entry.manager] : []));
}

/** Epoch ms, by the API server's clock, at which `manager` last set a field of `spec` or another field of its own. */
export function fieldSetAt(
  entries: readonly ManagedFieldsEntry[] | undefined,
  { field, manager }: { readonly field: FieldOfSpec; readonly manager: string },
): number | undefined {
  const entry = entries?.find((candidate) => candidate.manager === manager && owns(candidate, field));
  const at = typeof entry?.time === 'string' ? Date.parse(entry.time) : NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** A step in `managedFields`: `f:template` of a struct, `k:{"name":"main"}` of a list. */
export type FieldPath = readonly string[];

/** Who set the field at this path, or anything in it. */
export function pathOwners(entries: readonly ManagedFieldsEntry[] | undefined, path: FieldPath): string[] {
  return (entries ?? []).flatMap(({ manager, fieldsV1 }) =>
    manager !== undefined && hasPath(fieldsV1, path) ? [manager] : [],
  );
}

/** Who wrote last in the field at this path, other than `but`; undefined: no hand did. */
export function lastWriter(
  entries: readonly ManagedFieldsEntry[] | undefined,
  { path, but }: { readonly path: FieldPath; readonly but: string },
): string | undefined {
  const writers = (entries ?? []).filter(({ manager, fieldsV1 }) => manager !== but && hasPath(fieldsV1, path));
  return writers.toSorted((one, other) => timeOf(other) - timeOf(one))[0]?.manager;
}

function timeOf({ time }: ManagedFieldsEntry): number {
  const at = typeof time === 'string' ? Date.parse(time) : NaN;
  return Number.isNaN(at) ? 0 : at;
}

function hasPath(fields: unknown, path: FieldPath): boolean {
  const [step, ...rest] = path;
  if (step === undefined) return true;
  if (typeof fields !== 'object' || fields === null || !Object.hasOwn(fields, step)) return false;
  return hasPath((fields as Record<string, unknown>)[step], rest);
}

/** The API server's times are in whole seconds, and who creates an object may set it up in more than one call. */
const SETUP_MS = 60_000;

/**
 * Epoch ms, by the API server's clock, at which a field of `spec` was last set, by whatever hand, after the object had been
 * made; undefined: it is as it was made.
 */
export function lastFieldChange(
  metadata:
    { readonly creationTimestamp?: unknown; readonly managedFields?: readonly ManagedFieldsEntry[] } | undefined,
  field: FieldOfSpec,
): number | undefined {
  const times = (metadata?.managedFields ?? [])
    .filter((entry) => owns(entry, field))
    .map(({ time }) => Date.parse(String(time)));
  const last = Math.max(...times);
  const madeAt = Date.parse(String(metadata?.creationTimestamp));
  return Number.isFinite(last) && !(last - madeAt < SETUP_MS) ? last : undefined;
}

function owns({ fieldsV1 }: ManagedFieldsEntry, field: FieldOfSpec): boolean {
  const names = ['spec', ...(typeof field === 'string' ? [field] : field)];
  return hasPath(
    fieldsV1,
    names.map((name) => `f:${name}`),
  );
}

/** Prefix of the field managers of all remediations. */
export const MANAGER_PREFIX = 'mendloop';

/**
 * The field manager under which a remediation writes: its own, so that its changes can be told from a human's and from
 * every other remediation's. The last two parts of a remediation's ID are unique to it.
 */
export function fieldManager(remediationId: string): string {
  const [fingerprint, n] = remediationId.split('/').slice(-2);
  return `${MANAGER_PREFIX}-${fingerprint ?? ''}-${n ?? ''}`.slice(0, 128);
}
