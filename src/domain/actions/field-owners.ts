/** An entry of `metadata.managedFields`. Source: Kubernetes API, `ManagedFieldsEntry`. */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly fieldsV1?: object;
}

/** Who set `spec.<field>`, by the API server's own record. Several, if one applied the value another had set. */
export function fieldOwners(entries: readonly ManagedFieldsEntry[] | undefined, field: string): string[] {
  return (entries ?? []).flatMap(({ manager, fieldsV1 }) => {
    const spec = fieldsV1 === undefined ? undefined : (fieldsV1 as Record<string, unknown>)['f:spec'];
    const owns = typeof spec === 'object' && spec !== null && Object.hasOwn(spec, `f:${field}`);
    return owns && manager !== undefined ? [manager] : [];
  });
}

/** Prefix of the field managers of all remediations. */
export const MANAGER_PREFIX = 'mendloop';

/**
 * The field manager under which a remediation writes: its own, so that its changes can be told from a human's and from
 * every other remediation's. The last two parts of a remediation's ID are unique to it.
 */
export function fieldManager(remediationId: string): string {
  const [fingerprint, startsAt] = remediationId.split('/').slice(-2);
  return `${MANAGER_PREFIX}-${fingerprint ?? ''}-${startsAt ?? ''}`.slice(0, 128);
}
