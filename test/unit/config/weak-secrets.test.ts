import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkSecrets } from '../../../src/config/check-secrets.ts';
import { ConfigError } from '../../../src/config/config-error.ts';
import { configSchema } from '../../../src/config/schema.ts';

const url = 'http://example.test';
const secret = { env: 'SECRET' };
const strong = { env: 'STRONG' };
const channel = (value: object) => ({ notifications: { channels: { chat: value } } });
const postgres = (login: object) => ({
  audit: { store: { type: 'postgres', host: 'db', user: 'm', ...login }, signingKey: { env: 'PEM' } },
});

/** Every secret that the settings take, each as the one of `SECRET`. */
const OURS: Readonly<Record<string, object>> = {
  'api.webhookToken': { api: { webhookToken: secret } },
  'api.users.0.token': { api: { users: [{ name: 'ann', roles: ['viewer'], token: secret }] } },
  'api.linkSecret': { api: { publicUrl: 'https://m.example', linkSecret: secret } },
};
const SIGNING: Readonly<Record<string, object>> = {
  'notifications.channels.chat.signingSecret': channel({ type: 'webhook', endpoint: { url }, signingSecret: secret }),
  'notifications.channels.chat.previousSigningSecret': channel({
    ...{ type: 'webhook', endpoint: { url } },
    ...{ signingSecret: strong, previousSigningSecret: secret },
  }),
};
const THEIRS: Readonly<Record<string, object>> = {
  'prometheus.bearer': { prometheus: { url, bearer: secret } },
  'prometheus.basic.password': { prometheus: { url, basic: { username: 'u', password: secret } } },
  'audit.store.password': postgres({ password: secret }),
  'audit.store.retention.password': postgres({ retention: { user: 'k', password: secret } }),
  'notifications.channels.chat.endpoint.bearer': channel({ type: 'webhook', endpoint: { url, bearer: secret } }),
  'notifications.channels.chat.routingKey': channel({ type: 'pagerduty', routingKey: secret }),
  'notifications.channels.chat.webhook.url': channel({ type: 'slack', webhook: { url: secret } }),
};

const pem = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const whsec = (text: string | Buffer) => `whsec_${Buffer.from(text).toString('base64')}`;

function faultsOf(config: object, env: Readonly<Record<string, string>>): string[] {
  try {
    checkSecrets(configSchema.parse(config), { env: { PEM: pem(), STRONG: whsec(randomBytes(32)), ...env } });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const value of Object.values(env)) if (value.trim() !== '') expect(error.message).not.toContain(value);
    return error.problems.map(({ key, message }) => `${key}: ${message}`);
  }
}

/** Longer than the longest that is asked for, so that length is not what they are refused for. */
const WEAK: Readonly<Record<string, readonly string[]>> = {
  'one character again and again': [
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    '0000000000000000000000000000000000000000',
  ],
  'a few characters again and again': [
    'abababababababababababababababababababab',
    'x1yx1yx1yx1yx1yx1yx1yx1yx1yx1yx1yx1yx1y',
  ],
  'a strong piece again and again': ['k7Qz9wk7Qz9wk7Qz9wk7Qz9wk7Qz9wk7Qz9w', '9f3b9f3b9f3b9f3b9f3b9f3b9f3b9f3b9f3b'],
  'blocks of one character': ['1111222233334444555566667777888899990000', 'aaaaaaaabbbbbbbbccccccccddddddddeeeeeeee'],
  'characters in order': [
    'abcdefghijklmnopqrstuvwxyz0123456789',
    'zyxwvutsrqponmlkjihgfedcba9876543210',
    '0123456789abcdef0123456789abcdef',
    'ABCDEFGHIJKLMNOPabcdefghijklmnop',
  ],
  'a walk along the keyboard': [
    'qwertyuiopasdfghjklzxcvbnm1234567890',
    '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
    'qazwsxedcrfvtgbyhnujmikolpqazwsxedcrfv',
    '1q2w3e4r5t6y7u8i9o0p1q2w3e4r5t6y7u8i9o0p',
    'poiuytrewqlkjhgfdsamnbvcxz0987654321',
    'azertyuiopqsdfghjklmwxcvbn1234567890',
  ],
  'a word and digits': [
    'password1234567890password1234567890',
    'mendloop2026mendloop2026mendloop2026',
    'administrator-2025-12-31-administrator',
    'Summer2026!Winter2026!Spring2026!Autumn2026',
    'letmein-letmein-letmein-20261130-letmein',
  ],
  'a word with letters replaced': [
    'P@ssw0rdP@ssw0rdP@ssw0rdP@ssw0rd',
    'S3cr3tT0k3n-S3cr3tT0k3n-S3cr3tT0k3n',
    'M3ndl00pS3cr3t4dm1nP4ssw0rd12345678',
  ],
  'words of the trade': [
    'mendloop-webhook-token-production-cluster',
    'kubernetes-cluster-secret-for-the-webhook',
    'alertmanager-to-mendloop-shared-secret',
    'this-is-a-very-long-and-secure-secret-key',
    'correcthorsebatterystaple-correcthorsebatterystaple',
  ],
  'words in base64': [
    Buffer.from('passwordpasswordpassword').toString('base64'),
    Buffer.from('mendloop-webhook-token-2026').toString('base64'),
    Buffer.from('supersecret-supersecret-1234').toString('base64url'),
  ],
  'words in hexadecimal': [
    Buffer.from('changemechangeme1').toString('hex'),
    Buffer.from('admin-admin-admin-2026').toString('hex'),
  ],
  'an identifier that is none': ['00000000-0000-0000-0000-000000000000', '11111111-2222-3333-4444-555555555555'],
};

const PLACEHOLDERS = [
  'changeme',
  'CHANGE_ME',
  'change-me-please-change-me-now-or-never',
  'changemechangemechangemechangemechangeme',
  'REPLACE_ME',
  'replace-with-a-random-token-of-32-characters',
  '<token>',
  '<your secret here, 32 characters or more>',
  '${WEBHOOK_TOKEN}',
  '$WEBHOOK_TOKEN',
  '{{ .Values.webhook.token }}',
  '%WEBHOOK_TOKEN%',
  '$(cat /run/secrets/token)',
  'your-token-here',
  'YOUR_API_KEY_GOES_HERE_0123456789abcdef',
  'my-secret-token-my-secret-token-my-secret',
  'TODO',
  'todo!',
  'FIXME',
  'tbd',
  'placeholder-1',
  'example-token-of-the-documentation-0815',
  'dummy',
  'xxx',
  'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  '********',
  '...',
  'none',
  'null',
  'undefined',
  'insert_your_key_here_insert_your_key_here',
  '[redacted]',
  'REDACTED',
];

const BLANK = [' ', '        ', '\t', '                                        ', '\n\n', '\u00a0\u00a0'];

describe('a secret that Mendloop asks for', () => {
  const weak = Object.entries(WEAK).flatMap(([kind, values]) => values.map((value): [string, string] => [kind, value]));
  describe.each(Object.entries(OURS))('%s', (key, config) => {
    it.each(weak)('is refused where it is %s: %s', (_, value) => {
      expect(faultsOf(config, { SECRET: value })).toEqual([
        expect.stringMatching(new RegExp(`^${key}: is (too easy to guess|a placeholder)`)),
      ]);
    });

    it.each(['', 'k7Qz9w', randomBytes(5).toString('hex')])('is refused where it is too short', (value) => {
      expect(faultsOf(config, { SECRET: value })).toEqual([
        expect.stringMatching(/is too short to be safe|is not set/),
      ]);
    });

    it('is taken where it is random, in any usual form', () => {
      for (let round = 0; round < 12; round += 1) {
        const bytes = createHash('sha512').update(`round ${round}`).digest();
        for (const value of [
          bytes.toString('hex', 0, 32),
          bytes.toString('hex', 0, 16),
          bytes.toString('base64', 0, 32),
          bytes.toString('base64url', 0, 24),
          bytes.toString('hex'),
          randomUUID(),
        ]) {
          expect(faultsOf(config, { SECRET: value })).toEqual([]);
        }
      }
    });
  });
});

describe('a key that receivers check signatures by', () => {
  const inside = [
    ...['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'passwordpasswordpasswordpassword', 'abcdefghijklmnopqrstuvwxyz012345'],
    ...[
      'qwertyuiopasdfghjklzxcvbnm123456',
      'changeme-changeme-changeme-changeme',
      'mendloop-webhook-signing-secret-2026',
    ],
  ];
  it.each(Object.entries(SIGNING))('is refused where its bytes are words: %s', (key, config) => {
    for (const text of inside) {
      expect(faultsOf(config, { SECRET: whsec(text) })).toEqual([
        expect.stringContaining(`${key}: is too easy to guess`),
      ]);
    }
    expect(faultsOf(config, { SECRET: whsec(Buffer.alloc(32)) })).toHaveLength(1);
    expect(faultsOf(config, { SECRET: whsec(randomBytes(23)) })).toEqual([expect.stringContaining('24 to 64 bytes')]);
    expect(faultsOf(config, { SECRET: whsec(randomBytes(65)) })).toHaveLength(1);
    for (let round = 0; round < 20; round += 1)
      expect(faultsOf(config, { SECRET: whsec(randomBytes(24)) })).toEqual([]);
  });
});

describe('a secret of any kind', () => {
  const all = Object.entries({ ...OURS, ...SIGNING, ...THEIRS });
  it.each(all)('is refused where it is a placeholder or blank: %s', (key, config) => {
    for (const value of PLACEHOLDERS) {
      expect(faultsOf(config, { SECRET: value }), value).toEqual([expect.stringContaining(`${key}: is a placeholder`)]);
    }
    for (const value of BLANK) {
      expect(faultsOf(config, { SECRET: value }), JSON.stringify(value)).toEqual([
        expect.stringContaining(`${key}: is nothing but white space`),
      ]);
    }
  });

  it('of another system is taken as that system gave it', () => {
    const { 'notifications.channels.chat.webhook.url': hook, ...others } = THEIRS;
    for (const value of [
      'pw',
      'hunter2',
      'exchange-rate',
      'changeinside9',
      'todos',
      'yourself',
      'examples7',
      'x-y-z',
    ]) {
      for (const config of Object.values(others)) expect(faultsOf(config, { SECRET: value }), value).toEqual([]);
    }
    expect(faultsOf(hook!, { SECRET: 'https://hooks.slack.example/services/T0/B0/aXyz' })).toEqual([]);
  });

  it.each([
    'https://hooks.slack.example/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX',
    'https://hooks.slack.example/services/...',
    'https://hooks.slack.example/services/<id>',
    'https://hooks.slack.example/your/webhook',
  ])('is a placeholder where it is the address of a manual: %s', (value) => {
    expect(faultsOf(THEIRS['notifications.channels.chat.webhook.url']!, { SECRET: value })).toEqual([
      expect.stringContaining('is a placeholder'),
    ]);
  });

  it.each(['audit.store.password', 'audit.store.retention.password', 'prometheus.basic.password'])(
    'is refused with the line break that a variable has kept: %s',
    (key) => {
      expect(faultsOf(THEIRS[key]!, { SECRET: 'pw\n' })).toEqual([`${key}: has a line break or a control character`]);
    },
  );
});

describe('one secret under two keys', () => {
  const token = randomBytes(16).toString('hex');
  const same = (key: string, other: string) => [`${key}: is the same secret as ${other}: each needs one of its own`];

  it('is found where one signs the log and the other signs orders', () => {
    const both = { audit: { signingKey: { env: 'PEM' } }, orders: { signingKey: { env: 'PEM' } } };
    expect(faultsOf(both, {})).toEqual(same('orders.signingKey', 'audit.signingKey'));
    expect(faultsOf({ ...both, orders: { signingKey: { env: 'OTHER' } } }, { OTHER: pem() })).toEqual([]);
  });

  it('is found where the writer of the store and its keeper have one password', () => {
    const config = postgres({ password: secret, retention: { user: 'k', password: secret } });
    expect(faultsOf(config, { SECRET: token })).toEqual(same('audit.store.retention.password', 'audit.store.password'));
  });

  it('is found behind white space and the prefix of a signing secret', () => {
    const config = {
      api: { linkSecret: { env: 'LINKS' }, publicUrl: 'https://m.example' },
      ...SIGNING['notifications.channels.chat.signingSecret'],
    };
    const key = randomBytes(32).toString('base64');
    expect(faultsOf(config, { LINKS: key, SECRET: `whsec_${key}` })).toEqual(
      same('notifications.channels.chat.signingSecret', 'api.linkSecret'),
    );
  });
});
