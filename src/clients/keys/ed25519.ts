import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { MendloopError } from '../../domain/failures.ts';

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
  const key = ed25519(() => createPrivateKey(pem), what);
  return {
    keyId: keyIdOf(createPublicKey(key)),
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
      const key = ed25519(() => createPublicKey(pem), what);
      return [keyIdOf(key), key] as const;
    }),
  );
  return ({ keyId, text, signature }) => {
    const key = keys.get(keyId);
    if (key === undefined) return 'unknown_key';
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64')) ? 'valid' : 'invalid';
  };
}

/** The key in a file, made when there is none yet, for its user only: whoever can read the folder can sign. */
export function ownKey(file: string): string {
  const known = readOrUndefined(file);
  if (known !== undefined) return known;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ed25519');
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  try {
    linkSync(fresh, file); // Unlike a rename it fails where another process was faster: then that key is the one.
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  return readFileSync(file, 'utf8');
}

/** The text of a file; undefined where there is none. */
export function readOrUndefined(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The public half of a key, in PEM form. */
export function publicHalf(pem: string): string {
  return createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
}

/** Each key of a file with several in PEM form. */
export function splitPems(text: string): string[] {
  return text.match(/-----BEGIN [A-Z ]+-----[\s\S]*?-----END [A-Z ]+-----/g) ?? [];
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
