/** `"auth": "dXNlcjpwYXNz"` of Docker's config.json, `_auth=` of npm, `REGISTRY_AUTH=` of the environment. */
const NAMED = /((?:^|[^a-z])auth\\{0,4}["']?\s{0,8}([=:])\s{0,8}\\{0,4}["']?)([^\s"'&,;\\]+)/gi;

/** A variable of the environment, not a label in a query. */
const VARIABLE = /^_AUTH\\{0,4}["']?\s*[=:]/;

/** What tells whether and how, not by what: `ENABLE_AUTH=true`, `SASL_AUTH=SCRAM-SHA-512`, an address, a file. */
const SETTING =
  /^(?:\d|true|false|yes|no|on|off|none|null|enabled?|disabled?|required?|optional|default|auto|strict|any|(?:basic|bearer|plain|digest|ntlm|scram|sha|md5|gssapi|kerberos|krb5|negotiate|oauth|oidc|openid|saml|ldap|radius|pam|jwt|token|m?tls|ssl|x-?509|cert|iam|irsa|aws|azure|gcp|google|github|gitlab|okta|keycloak|anonymous|external|native|local|database|htpasswd|password|proxy|trust|peer|ok|https?:)[\w.:/-]*|[./~$<[{(%].*|[^:]+:\d{1,5})$/i;

/** Looked for first: that is much cheaper. */
const SPELLINGS = ['auth', 'AUTH', 'Auth'];

/** A text without the credentials that stand under the name `auth`. */
export function hideAuth(text: string, stead: string): string {
  if (!SPELLINGS.some((spelling) => text.includes(spelling))) return text;
  return text.replace(NAMED, (all, name: string, sign: string, value: string) =>
    isCredential(value, { sign, isVariable: VARIABLE.test(name) }) ? name + stead : all,
  );
}

/** Whether the value of a label or an annotation is a credential by that name. */
export function isAuth(key: string, value: string): boolean {
  return /(?:^|[^a-z])auth$/i.test(key) && isCredential(value, { sign: '=', isVariable: false });
}

function isCredential(
  value: string,
  { sign, isVariable }: { readonly sign: string; readonly isVariable: boolean },
): boolean {
  if (isUserAndPassword(value)) return true;
  if (SETTING.test(value)) return false;
  // After a colon it may be prose.
  if (sign === ':') return isVariable && /\d/.test(value);
  return isVariable || /^[^:/\s]{1,100}:(?!\/\/)\S+$/.test(value);
}

/** Basic credentials are `user:password` in base64; the word "basic" is common English. */
export function isUserAndPassword(base64: string): boolean {
  // No base64, whatever the padding. An exception for each would cost more than all the rest.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.replace(/=+$/, '').length % 4 === 1) return false;
  try {
    return /^[\x20-\x7e]*:[\x20-\x7e]*$/.test(atob(base64));
  } catch {
    return false;
  }
}
