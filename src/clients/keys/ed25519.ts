import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { MendloopError } from '../../domain/failures.ts';
import { ownFile } from './own-file.ts';

export interface TextSigner {
  /** Says which key signed, and is no secret. */
  readonly keyId: string;
  /** The signature over a text, in base64. */
  readonly sign: (text: string) => string;
}

export type SignatureVerdict = 'valid' | 'invalid' | 'unknown_key';

export interface SignedText {
  readonly keyId: string;
  readonly text: string;
  readonly signature: string;
}

/**
 * Signs texts with an Ed25519 key in PEM form; `what` names it in errors.
 *
 * @throws MendloopError `Internal` if the text is no such key.
 */
export function textSigner(pem: string, what: string): TextSigner {
  const { key, keyId } = parsed('private', pem, what);
  return {
    keyId,
    sign: (text) => sign(null, Buffer.from(text), key).toString('base64'),
  };
}

/**
 * Verifies by public keys in PEM form; of a private key its public half is taken.
 *
 * @throws MendloopError `Internal` if a text is no Ed25519 key.
 */
export function textVerifier(pems: readonly string[], what: string): (signed: SignedText) => SignatureVerdict {
  const keys = new Map(
    pems.map((pem) => {
      const { key, keyId } = parsed('public', pem, what);
      return [keyId, key] as const;
    }),
  );
  return ({ keyId, text, signature }) => {
    const key = keys.get(keyId);
    if (key === undefined) return 'unknown_key';
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64')) ? 'valid' : 'invalid';
  };
}

/** The key in a file, made when there is none yet, for its user only: a reader of the folder can sign. */
export function ownKey(file: string): string {
  return ownFile(file, newKey);
}

/** A new key, in PEM form. */
export function newKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The public half of a key, in PEM form. */
export function publicHalf(pem: string): string {
  return createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
}

/** Each key of a file with several in PEM form. */
export function splitPems(text: string): string[] {
  return text.match(/-----BEGIN [A-Z ]+-----[\s\S]*?-----END [A-Z ]+-----/g) ?? [];
}

interface ParsedKey {
  readonly key: KeyObject;
  readonly keyId: string;
}

/** Keys that were read last, by the digest of their text: reading one takes longer than using it. */
const known = new Map<string, ParsedKey>();
const MAX_KNOWN = 32;

/** @throws MendloopError `Internal` if the text is no Ed25519 key. */
function parsed(half: 'private' | 'public', pem: string, what: string): ParsedKey {
  const digest = `${half} ${createHash('sha256').update(pem).digest('base64')}`;
  const last = known.get(digest);
  if (last !== undefined) return last;
  const key = ed25519(() => (half === 'private' ? createPrivateKey(pem) : createPublicKey(pem)), what);
  const fresh = { key, keyId: keyIdOf(half === 'private' ? createPublicKey(key) : key) };
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(digest, fresh);
  return fresh;
}

function ed25519(read: () => KeyObject, what: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = read();
  } catch {
    // The error of the library may quote the text.
  }
  if (key?.asymmetricKeyType !== 'ed25519') {
    throw new MendloopError('Internal', `${what} is no Ed25519 key in PEM form`);
  }
  return key;
}

/** The beginning of the SHA-256 of the public key in its standard form: the same everywhere, and no secret. */
function keyIdOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex').slice(0, 16);
}
