import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { KeyPath } from './walk-schema.ts';

/** What a secret must be to protect anything, and to work at all; undefined where it is another system's to judge. */
type Demand = (value: string) => string | undefined;

/** Characters: 16 random ones of hex or base64 are beyond guessing over a network. */
const MIN_TOKEN = 16;
/** A signing key may be guessed at without asking us. */
const MIN_LINK_SECRET = 32;
/** Fewer different characters than this are no random text. */
const MIN_VARIETY = 6;

/** Bytes of a key, by the Standard Webhooks specification. */
const SIGNING_KEY_BYTES = { least: 24, most: 64 };

/** What Mendloop itself asks for or signs with: it is as strong as we demand. */
const strong =
  (least: number): Demand =>
  (value) => {
    if (value.length < least)
      return `is too short to be safe: ${least} random characters or more (openssl rand -hex 32)`;
    if (new Set(value).size < MIN_VARIETY || /^(.{1,8})\1+$/.test(value)) {
      return 'is too easy to guess: random characters are wanted (openssl rand -hex 32)';
    }
    return undefined;
  };

/** What goes into an HTTP header. A line's end that a variable has kept would make every request fail. */
const inHeader: Demand = (value) =>
  /^[\x21-\x7e]+$/.test(value) ? undefined : 'has a space, a line break or a character that no HTTP header can carry';

const httpUrl: Demand = (value) => {
  const { protocol, username, password } = URL.canParse(value) ? new URL(value) : {};
  const isUsable = (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
  return isUsable ? undefined : 'is no http or https URL';
};

const webhookKey: Demand = (value) => {
  const encoded = value.replace(/^whsec_/, '');
  const { least, most } = SIGNING_KEY_BYTES;
  const { length } = Buffer.from(encoded, 'base64');
  const isKey = /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) && length >= least && length <= most;
  return isKey ? undefined : `is not whsec_ and ${least} to ${most} bytes in base64`;
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
  ['api.webhookToken', both(strong(MIN_TOKEN), inHeader)],
  ['api.users.*.token', both(strong(MIN_TOKEN), inHeader)],
  ['api.linkSecret', strong(MIN_LINK_SECRET)],
  ['audit.signingKey', ed25519Key],
  ['orders.signingKey', ed25519Key],
  ['signingSecret', webhookKey],
  ['previousSigningSecret', webhookKey],
  ['webhook.url', httpUrl],
  ['bearer', inHeader],
  ['apiKey', inHeader],
  ['routingKey', inHeader],
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
  return DEMANDS.find(([pattern]) => endsWith(path, pattern.split('.')))?.[1](value);
}

function endsWith(path: KeyPath, pattern: readonly string[]): boolean {
  const end = path.slice(-pattern.length).map(String);
  return end.length === pattern.length && pattern.every((key, index) => key === '*' || key === end[index]);
}
