import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../../src/store/open-store.ts';
import { MIGRATIONS, type Migration, migrationFrom, SCHEMA_VERSION } from '../../../src/store/schema/migrations.ts';
import type { Store } from '../../../src/store/store.ts';
import { anEntry } from '../../unit/audit/log-builder.ts';
import { aMoneyAsk, asking, leaving, OPEN } from '../../support/store/requests.ts';
import { type PostgresBench, postgresBench } from '../audit/benches.ts';
import { placeStore, type StorePlace } from './store-benches.ts';

let bench: PostgresBench;
beforeAll(async () => {
  bench = await postgresBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

/** Every table gets a column, as a release may add one: this process has never heard of it. */
const EXPAND = `
DO $$
DECLARE
  one record;
BEGIN
  FOR one IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('mendloop', 'mendloop_audit') AND tablename <> 'schema_version' LOOP
    EXECUTE format('ALTER TABLE %I.%I ADD COLUMN of_the_next_version jsonb', one.schemaname, one.tablename);
  END LOOP;
END $$;
CREATE TABLE mendloop.of_the_next_version (id text PRIMARY KEY);
GRANT SELECT, INSERT ON mendloop.of_the_next_version TO mendloop_writer;
`;
/** What this process reads by goes. */
const CONTRACT = 'DROP FUNCTION mendloop.read_admission(text, jsonb);';

/** Migrates as a newer Mendloop does, which has these steps beside this one's. */
async function migrateBy(place: StorePlace, ...more: readonly Migration[]): Promise<void> {
  await place.admin(migrationFrom(SCHEMA_VERSION, [...MIGRATIONS, ...more]));
}

/** One life of a remediation, with its money and its records. */
async function live({ admission, audit }: Store, id: string): Promise<void> {
  const granted = await admission.admit(asking(id, { money: aMoneyAsk(0.001) }));
  expect(granted).toMatchObject({ status: 'granted' });
  await audit.append([anEntry({ key: `acted/${id}` })]);
  const { epoch } = granted as { epoch: number };
  const target = `default/shop/Deployment/${id}`;
  expect(await admission.fence({ remediationId: id, target, epoch })).toMatchObject({ open: true });
  await admission.leave(leaving(id));
}

describe('a newer Mendloop that expands the schema', () => {
  it('migrates while this one writes, and this one goes on: before, during, after, and after a restart', async () => {
    const place = await placeStore(bench);
    const stores = [await place.open(), await place.open()];
    await Promise.all(stores.map((store, index) => live(store, `before-${index}`)));

    let migrated = false;
    let during = 0;
    const writing = stores.map(async (store, index) => {
      for (let n = 0; !migrated || n < 20; n += 1) {
        await live(store, `during-${index}-${n}`);
        during += 1;
      }
    });
    await migrateBy(place, { sql: EXPAND, oldest: SCHEMA_VERSION });
    migrated = true;
    await Promise.all(writing);
    expect(during).toBeGreaterThanOrEqual(40);

    const restarted = await place.open();
    await live(restarted, 'after');
    expect(await restarted.audit.verify()).toMatchObject({ intact: true });
    expect(await place.admin('SELECT version, oldest FROM mendloop.schema_version')).toEqual([
      { version: SCHEMA_VERSION + 1, oldest: SCHEMA_VERSION },
    ]);
  });
});

describe('a newer Mendloop that contracts the schema', () => {
  it('keeps this one from starting, with what to do', async () => {
    const place = await placeStore(bench);
    await migrateBy(place, { sql: CONTRACT, oldest: SCHEMA_VERSION + 1 });
    await expect(openStore({ settings: place.settings, limits: OPEN, cluster: 'default' })).rejects.toThrow(
      `its schema has version ${SCHEMA_VERSION + 1}, on which a Mendloop for ${SCHEMA_VERSION + 1} or newer works, and ` +
        `this one is for ${SCHEMA_VERSION}; use a newer Mendloop`,
    );
  });

  it('would be found out by what this one writes, were it to leave this one at work', async () => {
    const place = await placeStore(bench);
    const store = await place.open();
    await migrateBy(place, { sql: CONTRACT, oldest: SCHEMA_VERSION });
    await expect(live(store, 'left')).rejects.toMatchObject({ type: 'StoreUnavailable' });
  });
});

describe('a migration', () => {
  it('gives up where a statement is under way for long, and changes nothing', async () => {
    const place = await placeStore(bench);
    const sql = migrationFrom(SCHEMA_VERSION, [...MIGRATIONS, { sql: EXPAND, oldest: SCHEMA_VERSION }]);
    const holding = place
      .admin('BEGIN; LOCK TABLE mendloop.claim IN ACCESS SHARE MODE; SELECT pg_sleep(300); COMMIT')
      .catch(String);
    await expect
      .poll(() => place.admin("SELECT FROM pg_locks WHERE relation = 'mendloop.claim'::regclass"))
      .toHaveLength(1);
    await expect(place.admin(sql.replace("lock_timeout = '10s'", "lock_timeout = '100ms'"))).rejects.toThrow(
      'canceling statement due to lock timeout',
    );
    expect(await place.admin('SELECT version FROM mendloop.schema_version')).toEqual([{ version: SCHEMA_VERSION }]);
    await live(await place.open(), 'all the same');
    await place.admin(
      "SELECT pg_cancel_backend(pid) FROM pg_locks WHERE relation = 'mendloop.claim'::regclass AND mode = 'AccessShareLock'",
    );
    expect(await holding).toContain('canceling statement due to user request');
  });
});
