/** What people read of a remediation that the API has not started. */
export function startRefused(fault: string): string {
  return `nothing is done, because the start of this remediation does not count: ${fault}`;
}
