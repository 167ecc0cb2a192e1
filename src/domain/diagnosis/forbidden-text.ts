/** Source: Kubernetes, `k8s.io/apiserver/pkg/endpoints/handlers/responsewriters` (`forbiddenMessage`). */
const FORBIDDEN = /cannot (\S+) (?:resource|path) "([^"]+)"(?: in API group "([^"]*)")?/;

/** `not permitted: list events`, from what the API server says; undefined: it does not say which verb is lacking. */
export function forbiddenText(message: string): string | undefined {
  const [, verb, resource, group = ''] = FORBIDDEN.exec(message) ?? [];
  if (verb === undefined || resource === undefined) return undefined;
  return `not permitted: ${verb} ${resource}${group === '' ? '' : `.${group}`}`;
}
