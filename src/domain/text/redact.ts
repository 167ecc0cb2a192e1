import type { Alert } from '../alert/alert.ts';

/** What stands where a secret was. */
export const REDACTED = '[redacted]';

/** Names whose value is a secret however it looks. */
const secretName =
  'password|passwd|passphrase|pwd|api[-_]?key|access[-_]?key(?:[-_]?id)?|client[-_]?secret|private[-_]?key|' +
  '(?:auth|access|refresh|bearer|session)[-_]?token';

/** Names that prose uses too: "invalid token: expired". */
const ambiguousName = 'token|secret|credentials?';

/** `name=value`, `name: value`, `"name": "value"`, also inside a JSON string; an unclosed quote ends with the text. */
const keyValue = new RegExp(
  `((${secretName})|${ambiguousName})(\\\\{0,4}["']?\\s{0,8}([=:])\\s{0,8}\\\\{0,4})("[^"]*"?|'[^']*'?|[^\\s"'&,;]+)`,
  'gi',
);

/** A key whose whole value is a secret: `apiKey`, `db_password`, `Authorization`. */
const secretKey =
  /(?:password|passwd|passphrase|pwd|token|secret|credentials?|authorization|cookie|(?:api|access|private)[-_]?key)$/i;

/**
 * Each pattern reads a stretch of text a bounded number of times, whatever the text: a stretch stops where the next
 * match could begin, or a look-behind lets only its first character begin one.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  // A block without its end is one that something cut off.
  [
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?:(?!-----)[\s\S])*(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----)?/g,
    REDACTED,
  ],
  // User information ends at the last @ before the path: a password may hold one itself.
  [/:\/\/[^\s/?#"'<>\\]*@/g, `://${REDACTED}@`],
  [/(authorization\\{0,4}["']?\s{0,8}[:=]\s{0,8}\\{0,4}["']?(?:[a-z]{1,20}\s{1,8})?)[^\s"',;\\]+/gi, `$1${REDACTED}`],
  [/(?<![\w-])eyJ[\w-]+\.[\w-]+(?:\.[\w-]*){1,3}/g, REDACTED],
  [/(?<!\w)(?:AKIA|ASIA)[0-9A-Z]{16}(?!\w)/g, REDACTED],
  [/(?<!\w)(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|glpat-[\w-]{16,})/g, REDACTED],
  [/(?<![\w-])(?:xox[a-z]|xapp)-[\w-]{8,}/g, REDACTED],
  [/(hooks\.slack\.com\/services\/)[\w/]+/g, `$1${REDACTED}`],
];

/** Not "Bearer token expired": a credential has a digit, a capital inside, or is no English word of the trade. */
const bearer = /(?<!\w)(bearer\s{1,8})([\w.~+/=-]{3,})/gi;
const prose =
  /^(?:tokens?|auth[a-z]*|credentials?|header|scheme|is|was|not|has|for|from|and|the|missing|invalid|expired)$/i;

const basic = /(?<!\w)(basic\s{1,8})([A-Za-z0-9+/]{4,}={0,2})/gi;

/**
 * Text with every secret that can be recognised replaced by `[redacted]`: URL user information, bearer and basic
 * credentials, key-value pairs, private keys, JSON web tokens, the tokens of AWS, GitHub, GitLab and Slack. Time grows
 * with the length of the text alone. Doing it twice changes nothing more.
 */
export function redactText(text: string): string {
  let result = text;
  for (const [pattern, replacement] of patterns) result = result.replace(pattern, replacement);
  return result
    .replace(bearer, (all, scheme: string, value: string) => (prose.test(value) ? all : scheme + REDACTED))
    .replace(basic, (all, scheme: string, value: string) => (isUserAndPassword(value) ? scheme + REDACTED : all))
    .replace(keyValue, redactPair);
}

/** Whether a value is a secret by the name it goes under. */
export function isSecretKey(key: string): boolean {
  return secretKey.test(key);
}

/**
 * The alert as it may be stored in workflow histories and shown to people. Its identity (fingerprint, start) stays,
 * and so does every label that holds no secret: policy and routing see what Alertmanager sent.
 */
export function redactAlert(alert: Alert): Alert {
  return {
    ...alert,
    labels: redactValues(alert.labels),
    annotations: redactValues(alert.annotations),
    generatorURL: redactText(alert.generatorURL),
  };
}

function redactValues(values: Readonly<Record<string, string>>): Record<string, string> {
  // From entries, so that a label named __proto__ stays a label.
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      // A label that is just `secret` names a Kubernetes object.
      const hidden = isSecretKey(key) && key !== 'secret' && value !== '';
      return [key, hidden ? REDACTED : redactText(value)];
    }),
  );
}

function redactPair(...match: string[]): string {
  const [all = '', name = '', certain, between = '', sign, value = ''] = match;
  const isProse = certain === undefined && sign === ':' && /^[^"'\d]+$/.test(value) && !/["']/.test(between);
  return isProse ? all : name + between + REDACTED;
}

/** Basic credentials are `user:password` in base64; the word "basic" is common English. */
function isUserAndPassword(base64: string): boolean {
  try {
    return /^[\x20-\x7e]*:[\x20-\x7e]*$/.test(atob(base64));
  } catch {
    return false;
  }
}
