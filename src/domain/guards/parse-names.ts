/** `cluster/namespace/Kind/name` of a target guard's ID; undefined if it is none. */
export function targetOfGuard(workflowId: string): string | undefined {
  return partsOf(workflowId, ['guard', 'target'], 4)?.join('/');
}

/** Budget and scope of a ledger's ID; undefined if it is none. */
export function budgetOfLedger(workflowId: string): { budget: string; scope: string } | undefined {
  const [budget, scope] = partsOf(workflowId, ['ledger'], 2) ?? [];
  return budget === undefined || scope === undefined ? undefined : { budget, scope };
}

/** The decoded parts of an ID behind its prefix. */
function partsOf(workflowId: string, prefix: readonly string[], count: number): string[] | undefined {
  const parts = workflowId.split('/');
  const isOfKind = prefix.every((word, index) => parts[index] === word) && parts.length === prefix.length + count;
  if (!isOfKind) return undefined;
  try {
    return parts.slice(prefix.length).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
