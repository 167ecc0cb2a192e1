/** What hides the secrets that the settings know of: at most one function. */
const OWN: ((text: string) => string)[] = [];

/**
 * From now on everything that is redacted in this process goes through this function as well: one process has one set of
 * settings. The sandbox of workflows has its own copy of this module, which is never filled, so that what workflows
 * compute does not depend on settings.
 */
export function hideAlso(hide: (text: string) => string): void {
  OWN.splice(0, OWN.length, hide);
}

export function hideOwnSecrets(text: string): string {
  return OWN.reduce((rest, hide) => hide(rest), text);
}
