import { describe, expect, it } from 'vitest';
import { apiSchema } from '../../../src/config/api-schema.ts';

const user = (overrides: object = {}) => ({ name: 'ann', token: { env: 'ANN' }, roles: ['approver'], ...overrides });
const faults = (settings: object) =>
  apiSchema.safeParse(settings).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('the settings of the API', () => {
  it('have no users, no links and no address of their own unless they are given', () => {
    expect(apiSchema.parse({})).toMatchObject({ host: '127.0.0.1', users: [], maxEventStreams: 100 });
    expect(apiSchema.parse({}).publicUrl).toBeUndefined();
  });

  it('take an address to put paths behind', () => {
    expect(apiSchema.parse({ publicUrl: 'https://m.example/base//' }).publicUrl).toBe('https://m.example/base');
    for (const publicUrl of [
      'ftp://m.example',
      'm.example',
      'https://u:p@m.example',
      'https://m.example/?a',
      'http://m/#x',
    ]) {
      expect(faults({ publicUrl })).toHaveLength(1);
    }
  });

  it('need an address where there are links', () => {
    const linkSecret = { env: 'LINKS' };
    expect(faults({ linkSecret })).toEqual([
      'publicUrl: is missing: approval links need an address that people can reach',
    ]);
    expect(faults({ linkSecret, publicUrl: 'https://m.example' })).toEqual([]);
  });

  it('tell users apart', () => {
    for (const name of [' Ann ', '\uff41nn', 'a\u034fnn', '\u3164ann']) {
      expect(faults({ users: [user(), user({ name }), user({ name: 'bob' })] })).toEqual([
        'users.1.name: is the name of two users',
      ]);
    }
  });

  it.each([
    { roles: [] },
    { roles: ['*'] },
    { roles: ['with space'] },
    { name: '' },
    { name: 'a\u200bb' },
    { name: '\u3164' },
    { token: 'hunter2' },
    { token: undefined },
    { admin: true },
  ])('refuse a user with %o', (wrong) => {
    expect(faults({ users: [user(wrong)] })).toHaveLength(1);
  });
});
