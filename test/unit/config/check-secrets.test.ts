import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSecrets, type CheckSecretsOptions } from '../../../src/config/check-secrets.ts';
import { ConfigError } from '../../../src/config/config-error.ts';
import { configSchema } from '../../../src/config/schema.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mendloop-secrets-'));
  writeFileSync(join(folder, 'token'), 'hunter2\n');
  writeFileSync(join(folder, 'empty'), '\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

const url = 'http://example.test';
const STRONG = '3f9c1e77a0b24d58';
const settings = () =>
  configSchema.parse({
    api: { webhookToken: { env: 'WEBHOOK_TOKEN' } },
    prometheus: { url, basic: { username: 'u', password: { file: join(folder, 'token') } } },
    notifications: {
      channels: {
        chat: { type: 'webhook', endpoint: { url, bearer: { file: join(folder, 'empty') } } },
        // A header that is called like a reference's key is no secret's name.
        am: {
          type: 'alertmanager',
          endpoint: { url, headers: { env: 'NOWHERE' }, tls: { caFile: join(folder, 'ca') } },
        },
      },
    },
  });

function faults(options: CheckSecretsOptions) {
  try {
    checkSecrets(settings(), options);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.message).not.toContain('hunter2');
    return error.problems.map(({ key, message }) => `${key}: ${message}`);
  }
}

describe('checkSecrets', () => {
  it('names key and variable or file of each that cannot be read', () => {
    expect(faults({ env: { WEBHOOK_TOKEN: '' } })).toEqual([
      'api.webhookToken: environment variable WEBHOOK_TOKEN is not set',
      `notifications.channels.chat.endpoint.bearer: secret file ${join(folder, 'empty')} is empty`,
      `notifications.channels.am.endpoint.tls.caFile: file ${join(folder, 'ca')} cannot be read`,
    ]);
  });

  it('looks only where it is told to', () => {
    expect(faults({ env: {}, within: ['api'] })).toHaveLength(1);
    expect(faults({ env: { WEBHOOK_TOKEN: STRONG }, within: ['api', 'prometheus'] })).toEqual([]);
  });
});

/** The faults of settings whose secrets are variables of these values. */
function faultsWith(config: object, env: Readonly<Record<string, string>>): string[] {
  try {
    checkSecrets(configSchema.parse(config), { env });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const value of Object.values(env)) expect(error.message).not.toContain(value);
    return error.problems.map(({ key, message }) => `${key}: ${message}`);
  }
}

const LONG = `${STRONG}${STRONG.split('').toReversed().join('')}`;
const user = (name: string) => ({ name, roles: ['viewer'], token: { env: name.toUpperCase() } });
const withLinks = { api: { publicUrl: 'https://m.example', linkSecret: { env: 'LINKS' } } };

describe('a weak secret', () => {
  it.each([
    ['hunter2', 'is too short to be safe'],
    ['0123456789abcde', 'is too short to be safe'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', 'is too easy to guess'],
    ['changemechangeme', 'is a placeholder'],
    ['121212121212121212', 'is too easy to guess'],
  ])('is refused as a token: %s', (value, message) => {
    expect(faultsWith({ api: { webhookToken: { env: 'HOOK' } } }, { HOOK: value })).toEqual([
      expect.stringContaining(`api.webhookToken: ${message}`),
    ]);
    expect(faultsWith({ api: { users: [user('ann')] } }, { ANN: value })).toEqual([
      expect.stringContaining(`api.users.0.token: ${message}`),
    ]);
  });

  it('is refused as the secret of links, which takes more', () => {
    expect(faultsWith(withLinks, { LINKS: STRONG })).toEqual([
      expect.stringContaining('api.linkSecret: is too short to be safe: 32 random characters'),
    ]);
    expect(faultsWith(withLinks, { LINKS: LONG })).toEqual([]);
  });

  it('is for another system to judge where it is a password there', () => {
    const prometheus = { url, basic: { username: 'u', password: { env: 'PASSWORD' } } };
    expect(faultsWith({ prometheus }, { PASSWORD: 'pw' })).toEqual([]);
  });
});

describe('a secret that is used twice', () => {
  it('is refused: two people, a person and the webhook, links and a person', () => {
    const api = { ...withLinks.api, webhookToken: { env: 'HOOK' }, users: [user('ann'), user('otto')] };
    const apart = { HOOK: `${STRONG}1`, ANN: `${STRONG}2`, OTTO: `${STRONG}3`, LINKS: LONG };
    expect(faultsWith({ api }, apart)).toEqual([]);
    const same = (key: string, other: string) => `${key}: is the same secret as ${other}: each needs one of its own`;
    expect(faultsWith({ api }, { ...apart, OTTO: apart.ANN })).toEqual([
      same('api.users.1.token', 'api.users.0.token'),
    ]);
    expect(faultsWith({ api }, { ...apart, ANN: apart.HOOK })).toEqual([same('api.users.0.token', 'api.webhookToken')]);
    expect(faultsWith({ api }, { ...apart, ANN: LONG })).toHaveLength(1);
  });

  it('is refused where another system knows it, and the key before is the key now', () => {
    const shared = {
      api: { webhookToken: { env: 'HOOK' } },
      prometheus: { url, bearer: { env: 'BEARER' } },
      loki: { url, bearer: { env: 'BEARER' } },
    };
    expect(faultsWith(shared, { HOOK: STRONG, BEARER: STRONG })).toContain(
      'prometheus.bearer: is the same secret as api.webhookToken: each needs one of its own',
    );
    expect(faultsWith(shared, { HOOK: STRONG, BEARER: 'theirs' })).toEqual([]);
    const key = `whsec_${Buffer.from(LONG).toString('base64')}`;
    const hook = { type: 'webhook', endpoint: { url }, signingSecret: { env: 'KEY' } };
    const channels = { one: hook, two: hook };
    expect(faultsWith({ notifications: { channels } }, { KEY: key })).toEqual([]);
    const rotated = { one: { ...hook, previousSigningSecret: { env: 'KEY' } } };
    expect(faultsWith({ notifications: { channels: rotated } }, { KEY: key })).toEqual([
      expect.stringContaining('previousSigningSecret: is the same secret as notifications.channels.one.signingSecret'),
    ]);
  });
});

describe('a secret that cannot work', () => {
  const channels = (channel: object) => ({ notifications: { channels: { chat: channel } } });

  it.each<[string, object, string, string]>([
    [
      'a token with a line break',
      { api: { webhookToken: { env: 'SECRET' } } },
      `${STRONG}\n`,
      'api.webhookToken: has a space, a line break or a character that no HTTP header can carry',
    ],
    [
      'a bearer token with a space',
      { prometheus: { url, bearer: { env: 'SECRET' } } },
      'two words',
      'prometheus.bearer: has a',
    ],
    [
      'a chat without an address',
      channels({ type: 'slack', webhook: { url: { env: 'SECRET' } } }),
      'T0/B0/x',
      'notifications.channels.chat.webhook.url: is no http or https URL',
    ],
    [
      'a signing secret in another form',
      channels({ type: 'webhook', endpoint: { url }, signingSecret: { env: 'SECRET' } }),
      'whsec_short',
      'notifications.channels.chat.signingSecret: is not whsec_ and 24 to 64 bytes in base64',
    ],
    [
      'a signing key that is none',
      { audit: { signingKey: { env: 'SECRET' } } },
      'nonsense',
      'audit.signingKey: is no Ed25519 key in PEM form',
    ],
  ])('is refused at start: %s', (_, config, value, message) => {
    expect(faultsWith(config, { SECRET: value })).toEqual([expect.stringContaining(message)]);
  });

  it('and a key or certificate in no form that could be used', () => {
    const file = join(folder, 'token');
    expect(faultsWith({ prometheus: { url, tls: { caFile: file } } }, {})).toEqual([
      'prometheus.tls.caFile: holds no certificate in PEM form',
    ]);
    expect(faultsWith({ prometheus: { url, tls: { certFile: file, keyFile: file } } }, {})).toEqual([
      'prometheus.tls: certFile and keyFile are not in PEM form, or do not go together',
    ]);
    expect(faultsWith({ audit: { trustedKeyFiles: [file, join(folder, 'none')] } }, {})).toEqual([
      `audit.trustedKeyFiles.0: file ${file} holds no Ed25519 key in PEM form`,
      `audit.trustedKeyFiles.1: file ${join(folder, 'none')} cannot be read`,
    ]);
  });

  it('is accepted where it can', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    writeFileSync(join(folder, 'public.pem'), publicKey);
    const audit = { signingKey: { env: 'KEY' }, trustedKeyFiles: [join(folder, 'public.pem')] };
    expect(faultsWith({ audit }, { KEY: privateKey })).toEqual([]);
    const slack = channels({ type: 'slack', webhook: { url: { env: 'URL' } } });
    expect(faultsWith(slack, { URL: 'https://hooks.slack.example/services/T0/B0/x' })).toEqual([]);
  });
});
