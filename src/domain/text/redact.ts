import type { Alert } from '../alert/alert.ts';
import { hideAccounts, hideCards } from './account-numbers.ts';
import { hideAuth, isAuth, isUserAndPassword } from './basic-auth.ts';
import { hideOwnSecrets } from './own-secrets.ts';
import { REDACTED } from './redacted.ts';
import { SECRET_SHAPES, type SecretShape } from './secret-shapes.ts';
import { hideSocialSecurityNumbers } from './social-security.ts';

export { REDACTED };

/** Names whose value is a secret however it looks. */
const secretName =
  'password|passwd|passphrase|passcode|passwort|pwd|bind[-_]?pw|\\.?dockerconfigjson|(?<=_)p(?:ass|w)|(?<![a-z_])p(?:ass|w)(?=["\']?\\s{0,8}=)|api[-_]?key|' +
  'access[-_]?key(?:[-_]?id)?|account[-_]?key|client[-_]?secret|private[-_]?key|secret[-_]?key|' +
  '(?:routing|integration|signing|encryption|master|hmac|app|licen[cs]e|pre-?shared)[-_]?key|key[-_]data|secret[-_]key[-_]base|psk|' +
  '(?:snmp|read|write|trap)[-_]?community|(?:auth|access|refresh|bearer|session|private|vault|identity)[-_]?token';

/** Names that prose uses too: "invalid token: expired", "tests: pass: 12". */
const ambiguousName = 'token|secret|credentials?|(?<![a-z_])p(?:ass|w)(?=["\']?\\s{0,8}:)';

/** What follows "pass:" where it tells of tests and checks. */
const ofChecks =
  /^(?:[\d.,/%()]+|ok|yes|no|true|false|all|none|done|fail(?:ed|ures?)?|passed|skip(?:ped)?|success)[.)\]}]*$/i;

/** `name=value`, `name: value`, `"name": "value"`, also inside a JSON string, and the first line of a block in YAML; an unclosed quote ends with the text. */
const keyValue = new RegExp(
  `((${secretName})|${ambiguousName})(\\\\{0,4}["']?\\s{0,8}([=:])\\s{0,8}\\\\{0,4})([|>][-+]?[ \\t]{0,4}(?:\\r?\\n[^\\n]*|(?:\\\\r)?\\\\n(?:(?!\\\\n)[^\\n"])*)|"[^"]*"?|'[^']*'?|[^\\s"'&,;]+)`,
  'gi',
);

/** A value that was hidden before, and what closes the brackets around it. */
const HIDDEN = /^\[redacted\][)}\]>.]*$/;

/** A key whose whole value is a secret: `apiKey`, `db_password`, `Authorization`. */
const secretKey =
  /(?:password|passwd|passphrase|passcode|passwort|pwd|(?:^|[_.-])(?:pass|pw)|(?:bind|db)pw|access[-_]?key[-_]?id|jwt|bearer|connection[-_]?string|token|secret|credentials?|authorization|cookie|secret[-_]key[-_]base|(?:^|[_.-])(?:psk|ssn)|(?:snmp|ro|rw|read|write|trap)[-_]?community|(?:api|access|account|private|routing|integration|signing|encryption|master|hmac|app|licen[cs]e|pre-?shared)[-_]?key)$/i;

const patterns: readonly SecretShape[] = [
  // A block without its end is one that something cut off.
  {
    name: 'private keys in PEM form',
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----)[\s\S])*(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?/g,
    stead: REDACTED,
  },
  {
    name: 'private keys of PuTTY',
    pattern: /(Private-Lines: \d{1,4} ?)(?:\s|\\[nr])(?:[\w+/=\s]|\\[nr])+(?:-(?:MAC|Hash): [0-9a-f]{1,64})?/g,
    stead: `$1${REDACTED}`,
    mark: 'Private-Lines',
  },
  // User information ends at the last @ before the path: a password may hold one itself.
  { name: 'users and passwords in URLs', pattern: /:\/\/[^\s/?#"'<>\\]*@/g, stead: `://${REDACTED}@`, mark: '@' },
  // One that should have been escaped. What is a port ends there, and what follows is a path.
  {
    name: 'users and passwords in URLs',
    pattern: /:\/\/[^\s/?#"'<>\\:@[]{0,200}:(?!\d{0,5}[/?#])(?:(?!:\/\/)[^\s"'<>\\])*@/g,
    stead: `://${REDACTED}@`,
    mark: '@',
  },
  {
    name: 'users and passwords in URLs',
    pattern: /(jdbc:oracle:[a-z0-9]{1,10}:[^\s/@:"']{1,100}\/)[^\s@"'<>\\]+(?=@)/gi,
    stead: `$1${REDACTED}`,
    mark: '@',
  },
  {
    name: 'authorization headers',
    pattern: /(authorization\\{0,4}["']?\s{0,8}[:=]\s{0,8}\\{0,4}["']?(?:[a-z]{1,20}\s{1,8})?)[^\s"',;\\]+/gi,
    stead: `$1${REDACTED}`,
  },
  {
    name: 'cookies',
    pattern: /((?:set-)?cookie\\{0,4}["']?\s{0,8}:\s{0,8}\\{0,4}["']?)(?=[\w!#$%&*+.^`|~-]{1,100}=)[^\r\n"'\\]+/gi,
    stead: `$1${REDACTED}`,
  },
  {
    name: 'elements of XML',
    pattern: new RegExp(`(<(?:[\\w.-]{0,40}:)?(?:${secretName}|${ambiguousName})(?:\\s[^<>]{0,200})?>)[^<]+`, 'gi'),
    stead: `$1${REDACTED}`,
    mark: '</',
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
  result = hideSocialSecurityNumbers(hideAuth(result, REDACTED), REDACTED);
  // Accounts first: groups in the middle of one may pass for a card.
  return hideOwnSecrets(hideCards(hideAccounts(result, REDACTED), REDACTED));
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
      const hidden = (isSecretKey(key) && key !== 'secret' && value !== '') || isAuth(key, value);
      return [key, hidden ? REDACTED : redactText(value)];
    }),
  );
}

function redactPair(...match: string[]): string {
  const [all = '', name = '', certain, between = '', sign, value = ''] = match;
  if (HIDDEN.test(value)) return all;
  if (certain !== undefined || sign !== ':') return name + between + REDACTED;
  const isProse = /^p/i.test(name) ? ofChecks.test(value) : /^[^"'\d]+$/.test(value) && !/["']/.test(between);
  return isProse ? all : name + between + REDACTED;
}
