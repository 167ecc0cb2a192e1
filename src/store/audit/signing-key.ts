import { textSigner, textVerifier } from '../../clients/keys/ed25519.ts';
import {
  type Checkpoint,
  type CheckpointStatement,
  statementText,
  type VerifySignature,
} from '../../domain/audit/checkpoint.ts';

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
  const { keyId, sign } = textSigner(pem, 'the signing key of the audit log');
  return {
    keyId,
    sign: (statement) => {
      const signed = { ...statement, keyId };
      return { ...signed, signature: sign(statementText(signed)) };
    },
  };
}

/**
 * Verifies by public keys; of a private key its public half is taken.
 *
 * @throws MendloopError `Internal` if a text is no Ed25519 key in PEM form.
 */
export function createVerifier(pems: readonly string[]): VerifySignature {
  return textVerifier(pems, 'a trusted key of the audit log');
}
