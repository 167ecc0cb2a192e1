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
    expect(faults({ env: { WEBHOOK_TOKEN: 'hunter2' }, within: ['api', 'prometheus'] })).toEqual([]);
  });
});
