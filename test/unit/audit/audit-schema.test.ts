import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { auditSchema } from '../../../src/config/audit-schema.ts';

const postgres = { type: 'postgres', host: 'db', user: 'mendloop' };
const signingKey = { env: 'AUDIT_KEY' };

describe('the settings of the audit log', () => {
  it('have defaults that work on one machine', () => {
    expect(auditSchema.parse({})).toEqual({
      store: { type: 'embedded' },
      timeoutSeconds: 5,
      retentionDays: 365,
      prune: 'worker',
      checkpointMinutes: 60,
      trustedKeyFiles: [],
      shipping: { sinks: {}, batchSize: 200, pollSeconds: 1 },
    });
  });

  it('take PostgreSQL and sinks', () => {
    const { store, shipping } = auditSchema.parse({
      store: postgres,
      signingKey,
      shipping: {
        sinks: {
          collector: { type: 'otlp', endpoint: { url: 'http://collector:4318' } },
          siem: { type: 'syslog', host: 'siem', format: 'cef' },
        },
      },
    });
    expect(store).toEqual({ ...postgres, port: 5432, database: 'mendloop', maxConnections: 4 });
    expect(shipping.sinks['siem']).toMatchObject({ port: 6514, tls: {}, enterpriseId: 32_473 });
  });

  it.each([
    ['retentionDays', { retentionDays: 89 }],
    ['retentionDays', { retentionDays: 90.5 }],
    ['signingKey', { store: postgres }],
    ['signingKey', { signingKey: 'the key itself' }],
    ['store.password', { store: { ...postgres, password: 'hunter2' }, signingKey }],
    ['shipping.sinks.siem.type', { shipping: { sinks: { siem: { type: 'syslog-udp', host: 'siem' } } } }],
    ['store', { store: { type: 'embedded', host: 'db' } }],
  ])('refuse %s', (path, settings) => {
    const { error } = auditSchema.safeParse(settings);
    expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
    expect(z.prettifyError(error!)).not.toContain('hunter2');
  });
});

it('removing rows apart from the signer needs PostgreSQL, a login of its own and the public key', () => {
  const store = { type: 'postgres', host: 'db', user: 'service' };
  const apart = { prune: 'apart', signingKey: { env: 'KEY' }, trustedKeyFiles: ['mendloop.pub'] };
  const faults = (settings: object) => auditSchema.safeParse(settings).error?.issues.map(({ path }) => path.join('.'));
  expect(faults({ ...apart, store: { ...store, retention: { user: 'keeper' } } })).toBeUndefined();
  expect(faults({ ...apart, store })).toEqual(['store.retention']);
  expect(faults({ ...apart, store: { type: 'embedded' } })).toEqual(['prune']);
  expect(faults({ ...apart, trustedKeyFiles: [], store: { ...store, retention: { user: 'keeper' } } })).toEqual([
    'trustedKeyFiles',
  ]);
});
