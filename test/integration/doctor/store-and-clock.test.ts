import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertmanagerToken } from '../../../src/cli/doctor/checks/alertmanager-token.ts';
import { clock } from '../../../src/cli/doctor/checks/clock.ts';
import { storeReachable } from '../../../src/cli/doctor/checks/store-reachable.ts';
import { storeSchema } from '../../../src/cli/doctor/checks/store-schema.ts';
import type { World } from '../../../src/cli/doctor/world.ts';
import { configSchema } from '../../../src/config/schema.ts';
import type { Database } from '../../../src/store/database.ts';
import { openUnchecked } from '../../../src/store/open-database.ts';
import { SCHEMA_VERSION } from '../../../src/store/schema/migrations.ts';
import { type Place, type PostgresBench, postgresBench } from '../audit/benches.ts';

let bench: PostgresBench;
let place: Place;
const opened: Database[] = [];
const { signal } = new AbortController();

beforeAll(async () => {
  bench = await postgresBench();
  place = await bench.place();
});
afterAll(async () => {
  await Promise.all(opened.map((database) => database.close()));
  await (bench as PostgresBench | undefined)?.[Symbol.asyncDispose]();
});

/** The doctor's world, as far as these checks look at it, on a real PostgreSQL. */
function world(parts: Partial<Record<keyof World, unknown>> = {}): World {
  const config = configSchema.parse({ audit: place.settings });
  let database: Promise<Database> | undefined;
  const open = async () => {
    const made = await openUnchecked(config.audit);
    opened.push(made);
    return made;
  };
  return { config, database: () => (database ??= open()), ...parts } as unknown as World;
}

describe('a store in PostgreSQL', () => {
  it('is reached, and its schema is one on which this version works', async () => {
    const here = world();
    expect((await storeReachable.run(here, signal)).status).toBe('ok');
    expect(await storeSchema.run(here, signal)).toEqual({ status: 'ok', text: `version ${SCHEMA_VERSION}` });
  });

  it.each([
    [SCHEMA_VERSION - 1, 0, /there is no schema|this Mendloop needs/],
    [SCHEMA_VERSION + 7, SCHEMA_VERSION + 1, /this one is for \d+; use a newer Mendloop/],
  ])('whose schema has version %i, for processes from %i on, is told', async (version, oldest, words) => {
    const [before] = await place.admin('SELECT version, oldest FROM mendloop.schema_version');
    await place.admin(`UPDATE mendloop.schema_version SET version = ${version}, oldest = ${oldest}`);
    try {
      const { status, text } = await storeSchema.run(world(), signal);
      expect(status).toBe('failed');
      expect(text).toMatch(words);
    } finally {
      await place.admin(
        `UPDATE mendloop.schema_version SET version = ${Number(before?.['version'])}, oldest = ${Number(before?.['oldest'])}`,
      );
    }
  });
});

describe('the clock', () => {
  const off = (seconds: number) =>
    world({ prometheus: () => ({ serverTime: () => Promise.resolve(Date.now() / 1000 + seconds) }) });

  it('agrees with those of Prometheus and PostgreSQL', async () => {
    const { status, text } = await clock.run(off(0), signal);
    expect(status).toBe('ok');
    expect(text).toMatch(/Prometheus [+-]\d.*PostgreSQL [+-]\d/);
  });

  it.each([-60, 30])('that is %i s off is told, with how much', async (seconds) => {
    const { status, details } = await clock.run(off(seconds), signal);
    expect(status).toBe('failed');
    expect(details?.[0]).toMatch(seconds < 0 ? /Prometheus -(59|60)/ : /Prometheus \+(29|30)/);
  });

  it('is not judged by a server that does not answer', async () => {
    const { status, text } = await clock.run(
      world({ prometheus: () => ({ serverTime: () => Promise.reject(new Error('away')) }) }),
      signal,
    );
    expect({ status, text }).toMatchObject({ status: 'ok', text: expect.not.stringContaining('Prometheus') as string });
  });
});

describe('the token of the webhook', () => {
  const url = 'http://mendloop:8080/webhooks/alertmanager';
  const asks = (http_config?: object) =>
    world({
      config: configSchema.parse({ api: { webhookToken: { env: 'TOKEN' } } }),
      alertmanagerConfig: () =>
        Promise.resolve({ receivers: [{ name: 'mendloop', webhook_configs: [{ url, http_config }] }] }),
    });

  it('that Alertmanager does not send is told, by the receiver', async () => {
    expect(await alertmanagerToken.run(asks(), signal)).toEqual({
      status: 'failed',
      text: 'every notification is refused, and lost',
      details: ['receiver mendloop has no http_config.authorization'],
    });
  });

  it('is well where it is sent, or none is asked for', async () => {
    expect((await alertmanagerToken.run(asks({ authorization: { type: 'Bearer' } }), signal)).status).toBe('ok');
    const none = { ...asks(), config: configSchema.parse({}) } as World;
    expect((await alertmanagerToken.run(none, signal)).status).toBe('skipped');
  });
});
