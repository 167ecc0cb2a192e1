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
import { join } from 'node:path';
import {
  type Checkpoint,
  type CheckpointStatement,
  statementText,
  type VerifySignature,
} from '../../domain/audit/checkpoint.ts';
import { MendloopError } from '../../domain/failures.ts';

export interface CheckpointSigner {
  readonly keyId: string;
  sign(statement: Omit<CheckpointStatement, 'keyId'>): Checkpoint;
}

/**
 * Signs checkpoints with an Ed25519 key in PEM form.
 *
 * @throws MendloopError `Internal` if the text is no such key.
 */
export function createSigner(pem: string): CheckpointSigner {
  const key = ed25519(() => createPrivateKey(pem), 'the signing key');
  const keyId = keyIdOf(createPublicKey(key));
  return {
    keyId,
    sign: (statement) => {
      const signed = { ...statement, keyId };
      return { ...signed, signature: sign(null, Buffer.from(statementText(signed)), key).toString('base64') };
    },
  };
}

/**
 * Verifies by public keys; of a private key its public half is taken.
 *
 * @throws MendloopError `Internal` if a text is no Ed25519 key in PEM form.
 */
export function createVerifier(pems: readonly string[]): VerifySignature {
  const keys = new Map(
    pems.map((pem) => {
      const key = ed25519(() => createPublicKey(pem), 'a trusted key');
      return [keyIdOf(key), key] as const;
    }),
  );
  return ({ keyId, text, signature }) => {
    const key = keys.get(keyId);
    if (key === undefined) return 'unknown_key';
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64')) ? 'valid' : 'invalid';
  };
}

/** The key beside an embedded database, made when there is none yet. Whoever can read the folder can sign. */
export function ownKey(folder: string): string {
  const file = join(folder, 'signing-key.pem');
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
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

function ed25519(read: () => KeyObject, what: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = read();
  } catch {
    // The error of the library may quote the text.
  }
  if (key?.asymmetricKeyType !== 'ed25519') {
    throw new MendloopError('Internal', `${what} of the audit log is no Ed25519 key in PEM form`);
  }
  return key;
}

/** The beginning of the SHA-256 of the public key in its standard form: the same everywhere, and no secret. */
function keyIdOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex').slice(0, 16);
}
