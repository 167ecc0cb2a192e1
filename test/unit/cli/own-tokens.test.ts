import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { signingKeySecrets } from '../../../src/cli/commands/keygen.ts';
import { OwnToken, ownTokenFile, withOwnTokens } from '../../../src/cli/tokens/own-tokens.ts';
import { textSigner, textVerifier } from '../../../src/clients/keys/ed25519.ts';
import { checkSecrets } from '../../../src/config/check-secrets.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { ALL_ROLES } from '../../../src/domain/decision/roles.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'mendloop-tokens-'));
});
afterEach(() => {
  rmSync(state, { recursive: true, force: true });
});

it('are made once, for their user alone, different from each other, and good enough for the start', () => {
  const config = withOwnTokens(configSchema.parse({}), state);
  const read = (token: OwnToken) => readFileSync(ownTokenFile(state, token), 'utf8');
  const [webhook, admin] = [read(OwnToken.Webhook), read(OwnToken.Admin)];
  expect(webhook).toMatch(/^[0-9a-f]{64}\n$/);
  expect(admin).not.toBe(webhook);
  expect(statSync(ownTokenFile(state, OwnToken.Admin)).mode & 0o777).toBe(0o600);
  expect(statSync(join(state, 'tokens')).mode & 0o777).toBe(0o700);
  expect(() => {
    checkSecrets(config);
  }).not.toThrow();
  expect(config.api.webhookToken).toEqual({ file: ownTokenFile(state, OwnToken.Webhook) });
  expect(config.api.users).toMatchObject([{ name: 'admin', roles: [ALL_ROLES] }]);
  withOwnTokens(configSchema.parse({}), state);
  expect([read(OwnToken.Webhook), read(OwnToken.Admin)]).toEqual([webhook, admin]);
});

it('are not made where the settings say who gets in', () => {
  const users = [{ name: 'ann', roles: ['viewer'], token: { env: 'ANN' } }];
  const named = configSchema.parse({ api: { webhookToken: { env: 'TOKEN' }, users } });
  expect(withOwnTokens(named, state)).toEqual(named);
  const open = withOwnTokens(configSchema.parse({ api: { insecure: true, users } }), state);
  expect(open.api.webhookToken).toBeUndefined();
  expect(() => statSync(join(state, 'tokens'))).toThrow('ENOENT');
});

it('keys for the chart: the public half verifies what the private one signs, and no two runs give the same', () => {
  const read = (text: string) =>
    parseAllDocuments(text).map(
      (one) => one.toJS() as { metadata: { name: string }; stringData: Record<string, string> },
    );
  const [audit, orders] = read(signingKeySecrets());
  expect([audit?.metadata.name, orders?.metadata.name]).toEqual(['mendloop-audit', 'mendloop-orders']);
  const signer = textSigner(orders?.stringData['order-key.pem'] ?? '', 'the key');
  const verify = textVerifier([orders?.stringData['order-keys.pub'] ?? ''], 'the key');
  expect(verify({ text: 'yes', keyId: signer.keyId, signature: signer.sign('yes') })).toBe('valid');
  expect(audit?.stringData['audit-key.pem']).toContain('BEGIN PRIVATE KEY');
  expect(orders?.stringData['order-keys.pub']).not.toContain('PRIVATE');
  expect(signingKeySecrets()).not.toBe(signingKeySecrets());
});
