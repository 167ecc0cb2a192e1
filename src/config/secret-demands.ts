import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { guessingBits } from './guessable.ts';
import type { KeyPath } from './walk-schema.ts';

/** What a secret must be to protect anything, and to work at all; undefined where it is another system's to judge. */
type Demand = (value: string) => string | undefined;

/** Characters, and the bits that they must be worth: 16 random ones of hex are beyond guessing over a network. */
const TOKEN = { least: 16, bits: 42 };
/** A signing key may be guessed at without asking us. */
const LINK_SECRET = { least: 32, bits: 80 };

/** Bytes of a key, by the Standard Webhooks specification. */
const SIGNING_KEY_BYTES = { least: 24, most: 64 };

const GUESSABLE = 'is too easy to guess: random characters are wanted (openssl rand -hex 32)';

/** What Mendloop itself asks for or signs with: it is as strong as we demand. */
const strong =
  ({ least, bits }: { readonly least: number; readonly bits: number }): Demand =>
  (value) => {
    if (value.length < least)
      return `is too short to be safe: ${least} random characters or more (openssl rand -hex 32)`;
    return isGuessable(value, bits) ? GUESSABLE : undefined;
  };

/** Bits for each character that random text has in any usual form; many words together are still words. */
const RANDOM = 2.2;
/** Beyond every guesser, however little each character says. */
const ENOUGH_BITS = 128;

function isGuessable(value: string, least: number): boolean {
  return guessingBits(value) < Math.min(ENOUGH_BITS, Math.max(least, RANDOM * value.length));
}

/** What a template or an example holds until the true one is put there. */
const PLACEHOLDER =
  /^\W*((change|replace|fill|set|put|insert|enter|paste)[-_ ]?(me|this|it|here|in|your?|with)(?![a-z])|(changeme)+|your[-_ ]|my[-_ ](token|secret|key|password)|to[-_ ]?do\W*$|fix[-_ ]?me\W*$|tbd\W*$|(placeholder|redacted|example|dummy|none|null|undefined)(?![a-z0-9])|x{3,}\W*$|\*{3,}$|\.{3,}$)/i;
const TEMPLATE = /^(<[^<>]*>|\[[^[\]]*\]|\$\{[^}]*\}|\$\([^)]*\)|\{\{.*\}\}|%[A-Z_]+%|\$[A-Z][A-Z0-9_]*)$/;

/** Of every secret, also one that another system judges: with these nothing can work. */
const usable: Demand = (value) => {
  if (value.trim() === '') return 'is nothing but white space';
  if (PLACEHOLDER.test(value) || TEMPLATE.test(value.trim())) return 'is a placeholder: the secret itself is wanted';
  return undefined;
};

/** A password with a line's end that a variable has kept is refused by the other system, without the reason. */
const inOneLine: Demand = (value) => (/\p{Cc}/u.test(value) ? 'has a line break or a control character' : undefined);

/** What goes into an HTTP header. A line's end that a variable has kept would make every request fail. */
const inHeader: Demand = (value) =>
  /^[\x21-\x7e]+$/.test(value) ? undefined : 'has a space, a line break or a character that no HTTP header can carry';

const httpUrl: Demand = (value) => {
  const { protocol, username, password } = URL.canParse(value) ? new URL(value) : {};
  const isUsable = (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
  if (!isUsable) return 'is no http or https URL';
  return /X{6,}|\.{3}|%3C|<|\{|\byour\b/.test(value) ? 'is a placeholder: the secret itself is wanted' : undefined;
};

const webhookKey: Demand = (value) => {
  const encoded = value.replace(/^whsec_/, '');
  const { least, most } = SIGNING_KEY_BYTES;
  const { length } = Buffer.from(encoded, 'base64');
  const isKey = /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) && length >= least && length <= most;
  if (!isKey) return `is not whsec_ and ${least} to ${most} bytes in base64`;
  return isGuessable(encoded, LINK_SECRET.bits) ? GUESSABLE : undefined;
};

const ed25519Key: Demand = (value) => {
  try {
    if (createPrivateKey(value).asymmetricKeyType === 'ed25519') return undefined;
  } catch {
    // Told below, without OpenSSL's words: they may quote.
  }
  return 'is no Ed25519 key in PEM form (openssl genpkey -algorithm ed25519)';
};

const both =
  (one: Demand, other: Demand): Demand =>
  (value) =>
    one(value) ?? other(value);

/** By the end of the key's path, the more special first. `*` is any one key. */
const DEMANDS: readonly (readonly [string, Demand])[] = [
  ['api.webhookToken', both(strong(TOKEN), inHeader)],
  ['api.users.*.token', both(strong(TOKEN), inHeader)],
  ['api.linkSecret', strong(LINK_SECRET)],
  ['audit.signingKey', ed25519Key],
  ['orders.signingKey', ed25519Key],
  ['signingSecret', webhookKey],
  ['previousSigningSecret', webhookKey],
  ['webhook.url', httpUrl],
  ['bearer', inHeader],
  ['apiKey', inHeader],
  ['routingKey', inHeader],
  ['password', inOneLine],
];

/** What is wrong with a file whose public key is to be trusted. */
export function faultOfKeyFile(file: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return `file ${file} cannot be read`;
  }
  try {
    if (createPublicKey(text).asymmetricKeyType === 'ed25519') return undefined;
  } catch {
    // Told below.
  }
  return `file ${file} holds no Ed25519 key in PEM form`;
}

/** What is wrong with the secret under a key, in words that hold nothing of it. */
export function faultOfSecret(path: KeyPath, value: string): string | undefined {
  return usable(value) ?? DEMANDS.find(([pattern]) => endsWith(path, pattern.split('.')))?.[1](value);
}

function endsWith(path: KeyPath, pattern: readonly string[]): boolean {
  const end = path.slice(-pattern.length).map(String);
  return end.length === pattern.length && pattern.every((key, index) => key === '*' || key === end[index]);
}
