import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIGRATIONS, SCHEMA_VERSION } from '../../../src/store/schema/migrations.ts';
import { recordLife, type Recording, replayStatements } from '../../support/store/recorded-statements.ts';
import { type PostgresBench, postgresBench } from '../audit/benches.ts';
import { placeStore } from './store-benches.ts';

/**
 * What processes of each version of the schema ask of it, one file a version: `node test/integration/store/record-statements.ts`.
 * That of a released version is never recorded again.
 */
const FOLDER = join(import.meta.dirname, 'statements');
const recordings = new Map(
  globSync('*.json', { cwd: FOLDER }).map((file) => [
    Number(basename(file, '.json')),
    JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Recording,
  ]),
);

/** The oldest version whose processes may be at work on the newest schema. */
const OLDEST = MIGRATIONS.at(-1)!.oldest;
const AT_WORK = Array.from({ length: SCHEMA_VERSION - OLDEST + 1 }, (_, index) => OLDEST + index);

let bench: PostgresBench;
beforeAll(async () => {
  bench = await postgresBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

describe.each(AT_WORK)('processes for version %i of the schema', (version) => {
  it('are answered by the newest as by their own', async () => {
    const recording = recordings.get(version);
    expect(recording?.statements.length).toBeGreaterThan(50);
    const { database } = await (await placeStore(bench)).open();
    expect(await replayStatements(database, recording!)).toEqual([]);
  });
});

describe('the recording of this version', () => {
  it('has every statement of this code: node test/integration/store/record-statements.ts', async () => {
    const place = await placeStore(bench);
    const { statements } = await recordLife(await place.open(), place.settings);
    const texts = (all: Recording['statements']) => [...new Set(all.map(({ statement }) => statement.text))].toSorted();
    expect(texts(recordings.get(SCHEMA_VERSION)?.statements ?? [])).toEqual(texts(statements));
  });
});

describe('a migration that would break them', () => {
  it.each([
    ['takes a column away', 'ALTER TABLE mendloop.incident DROP COLUMN end_told', 'StoreUnavailable'],
    [
      'leaves a member out of an answer',
      `ALTER FUNCTION mendloop.read_admission(text, jsonb) RENAME TO read_admission_2;
       CREATE FUNCTION mendloop.read_admission(text, jsonb) RETURNS jsonb LANGUAGE sql SECURITY DEFINER
         AS $$ SELECT mendloop.read_admission_2($1, $2) - 'pace' $$`,
      '.pace is missing',
    ],
    ['asks for more than they say', `ALTER TABLE mendloop.unhandled ADD COLUMN severity text NOT NULL`, 'Internal'],
  ])('is found out where it %s', async (_what, migration, fault) => {
    const place = await placeStore(bench);
    await place.admin(migration);
    const { database } = await place.open();
    const faults = await replayStatements(database, recordings.get(SCHEMA_VERSION)!);
    expect(faults.join('\n')).toContain(fault);
  });
});
