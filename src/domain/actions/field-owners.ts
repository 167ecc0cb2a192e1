/** An entry of `metadata.managedFields`. Source: Kubernetes API, `ManagedFieldsEntry`. */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly fieldsV1?: object;
  /** RFC 3339 in the API's JSON, whatever the client library's types call it: when it last changed any of its fields. */
  readonly time?: unknown;
}

/** Who set `spec.<field>`, by the API server's own record. Several, if one applied the value another had set. */
export function fieldOwners(entries: readonly ManagedFieldsEntry[] | undefined, field: string): string[] {
  return (entries ?? []).flatMap((entry) => (owns(entry, field) && entry.manager !== undefined ? [entry.manager] : []));
}

/** Epoch ms, by the API server's clock, at which `manager` last set `spec.<field>` or another field of its own. */
export function fieldSetAt(
  entries: readonly ManagedFieldsEntry[] | undefined,
  { field, manager }: { readonly field: string; readonly manager: string },
): number | undefined {
  const entry = entries?.find((candidate) => candidate.manager === manager && owns(candidate, field));
  const at = typeof entry?.time === 'string' ? Date.parse(entry.time) : NaN;
  return Number.isNaN(at) ? undefined : at;
}

function owns({ fieldsV1 }: ManagedFieldsEntry, field: string): boolean {
  const spec = fieldsV1 === undefined ? undefined : (fieldsV1 as Record<string, unknown>)['f:spec'];
  return typeof spec === 'object' && spec !== null && Object.hasOwn(spec, `f:${field}`);
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
