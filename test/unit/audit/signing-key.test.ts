import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownKey } from '../../../src/clients/keys/ed25519.ts';
import { createSigner, createVerifier } from '../../../src/store/audit/signing-key.ts';
import { statementText } from '../../../src/domain/audit/checkpoint.ts';
import { scratchFolder } from '../stack/scratch.ts';
import { newKey } from './log-builder.ts';

const statement = { head: { seq: 1, hash: 'a'.repeat(64) }, removed: null, at: '2026-08-01T12:00:00Z' };

describe('a signing key', () => {
  it('signs what its public half verifies, and nothing else', () => {
    const key = newKey();
    const { signature, ...signed } = createSigner(key).sign(statement);
    const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
    const verify = createVerifier([newKey(), publicKey]);
    const { keyId } = signed;
    expect(verify({ keyId, signature, text: statementText(signed) })).toBe('valid');
    const changed = statementText({ ...signed, at: '2026-08-01T12:00:01Z' });
    expect(verify({ keyId, signature, text: changed })).toBe('invalid');
    expect(createVerifier([newKey()])({ keyId, signature, text: statementText(signed) })).toBe('unknown_key');
  });

  it.each([
    ['no key', 'hunter2'],
    [
      'another kind of key',
      generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
  ])('is refused when it is %s, without a word of it', (_, pem) => {
    for (const use of [() => createSigner(pem), () => createVerifier([pem])]) {
      expect(use).toThrow(expect.objectContaining({ type: 'Internal' }) as Error);
      expect(use).not.toThrow(pem);
    }
  });

  it('is made once for an embedded store, for its user only', async () => {
    const folder = join(await scratchFolder(), 'audit');
    const file = join(folder, 'signing-key.pem');
    const key = ownKey(file);
    expect(ownKey(file)).toBe(key);
    expect(createSigner(key).keyId).toMatch(/^[0-9a-f]{16}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });
});
