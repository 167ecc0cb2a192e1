import type { Alert } from '../alert/alert.ts';
import { hideAccounts, hideCards } from './account-numbers.ts';
import { hideOwnSecrets } from './own-secrets.ts';
import { REDACTED } from './redacted.ts';
import { SECRET_SHAPES, type SecretShape } from './secret-shapes.ts';

export { REDACTED };

/** Names whose value is a secret however it looks. */
const secretName =
  'password|passwd|passphrase|pwd|(?<=_)pass|(?<![a-z_])pass(?=["\']?\\s{0,8}=)|api[-_]?key|' +
  'access[-_]?key(?:[-_]?id)?|account[-_]?key|client[-_]?secret|private[-_]?key|secret[-_]?key|' +
  '(?:routing|integration|signing|encryption)[-_]?key|(?:auth|access|refresh|bearer|session)[-_]?token';

/** Names that prose uses too: "invalid token: expired". */
const ambiguousName = 'token|secret|credentials?';

/** `name=value`, `name: value`, `"name": "value"`, also inside a JSON string; an unclosed quote ends with the text. */
const keyValue = new RegExp(
  `((${secretName})|${ambiguousName})(\\\\{0,4}["']?\\s{0,8}([=:])\\s{0,8}\\\\{0,4})("[^"]*"?|'[^']*'?|[^\\s"'&,;]+)`,
  'gi',
);

/** A value that was hidden before, and what closes the brackets around it. */
const HIDDEN = /^\[redacted\][)}\]>.]*$/;

/** A key whose whole value is a secret: `apiKey`, `db_password`, `Authorization`. */
const secretKey =
  /(?:password|passwd|passphrase|pwd|(?:^|[_.-])pass|token|secret|credentials?|authorization|cookie|(?:api|access|account|private|routing|integration|signing|encryption)[-_]?key)$/i;

const patterns: readonly SecretShape[] = [
  // A block without its end is one that something cut off.
  {
    name: 'private keys in PEM form',
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?:(?!-----)[\s\S])*(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----)?/g,
    stead: REDACTED,
  },
  // User information ends at the last @ before the path: a password may hold one itself.
  { name: 'users and passwords in URLs', pattern: /:\/\/[^\s/?#"'<>\\]*@/g, stead: `://${REDACTED}@`, mark: '@' },
  {
    name: 'authorization headers',
    pattern: /(authorization\\{0,4}["']?\s{0,8}[:=]\s{0,8}\\{0,4}["']?(?:[a-z]{1,20}\s{1,8})?)[^\s"',;\\]+/gi,
    stead: `$1${REDACTED}`,
  },
  ...SECRET_SHAPES,
];

/** Not "Bearer token expired": a credential has a digit, a capital inside, or is no English word of the trade. */
const bearer = /(?<!\w)(bearer\s{1,8})([\w.~+/=-]{3,})/gi;
const prose =
  /^(?:tokens?|auth[a-z]*|credentials?|header|scheme|is|was|not|has|for|from|and|the|missing|invalid|expired)$/i;

const basic = /(?<!\w)(basic\s{1,8})([A-Za-z0-9+/]{4,}={0,2})/gi;

/**
 * Text with every secret that can be recognised replaced by `[redacted]`: what docs/redaction.md lists, and what the
 * settings' own patterns match. Time grows with the length of the text alone. Doing it twice changes nothing more.
 */
export function redactText(text: string): string {
  let result = text;
  for (const { pattern, stead, mark } of patterns) {
    if (mark === undefined || result.includes(mark)) result = result.replace(pattern, stead);
  }
  result = result
    .replace(bearer, (all, scheme: string, value: string) => (prose.test(value) ? all : scheme + REDACTED))
    .replace(basic, (all, scheme: string, value: string) => (isUserAndPassword(value) ? scheme + REDACTED : all))
    .replace(keyValue, redactPair);
  return hideOwnSecrets(hideAccounts(hideCards(result, REDACTED), REDACTED));
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
  if (HIDDEN.test(value)) return all;
  const isProse = certain === undefined && sign === ':' && /^[^"'\d]+$/.test(value) && !/["']/.test(between);
  return isProse ? all : name + between + REDACTED;
}

/** Basic credentials are `user:password` in base64; the word "basic" is common English. */
function isUserAndPassword(base64: string): boolean {
  // No base64, whatever the padding. An exception for each would cost more than all the rest.
  if (base64.replace(/=+$/, '').length % 4 === 1) return false;
  try {
    return /^[\x20-\x7e]*:[\x20-\x7e]*$/.test(atob(base64));
  } catch {
    return false;
  }
}
