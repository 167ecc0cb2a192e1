import { type FailureType, MendloopError } from '../../../src/domain/failures.ts';
import type { Database, SqlRow, SqlValue, Statement } from '../../../src/store/database.ts';
import type { AuditSettings } from '../../../src/config/audit-schema.ts';
import type { Store } from '../../../src/store/store.ts';
import { wholeLife } from './whole-life.ts';

/** A statement as a process of some version ran it, with what it was answered. */
export interface RecordedStatement {
  readonly statement: Statement;
  readonly rows: readonly SqlRow[];
  /** It was refused, for this reason; there are no rows then. */
  readonly failure?: FailureType;
}

/** All that processes of one version ask. */
export interface Recording {
  /** When the last had been answered, in epoch ms: what was due then is due when it is replayed, however fast that is. */
  readonly at: number;
  readonly statements: readonly RecordedStatement[];
}

/** Writes down every statement of a whole life, in their order. */
export async function recordLife(store: Store, settings: AuditSettings): Promise<Recording> {
  const statements: RecordedStatement[] = [];
  const { database } = store;
  const run = database.run.bind(database);
  database.run = async (statement) => {
    try {
      const rows = await run(statement);
      statements.push({ statement, rows });
      return rows;
    } catch (error) {
      if (error instanceof MendloopError) statements.push({ statement, rows: [], failure: error.type });
      throw error;
    }
  };
  await wholeLife(store, settings);
  return { at: Date.now(), statements };
}

/**
 * Runs them in their order in a store of a newer schema. Gives what their process would not understand: a refusal, or an answer
 * that lacks a column, or a member of a JSON object, which it had before. What has more is understood.
 */
export async function replayStatements(
  database: Pick<Database, 'run'>,
  { at, statements }: Recording,
): Promise<string[]> {
  const later = Date.now() - at;
  const faults: string[] = [];
  /** What the process was told then, and is told now: it says it again. */
  const told = new Map<string, string>();
  const said = <T>(value: T) => (typeof value === 'string' ? again(value) : value);
  const again = (text: string) =>
    [...told]
      .reduce((all, [then, now]) => all.replaceAll(then, now), text)
      .replaceAll(EPOCH_MS, (time) => String(Number(time) + later));
  for (const { statement, rows, failure } of statements) {
    const name = statement.prepare ?? statement.text.trim().replaceAll(/\s+/g, ' ').slice(0, 80);
    const values = statement.values?.map((value) => (isList(value) ? value.map(said) : said(value)));
    const found = await database
      .run({ ...statement, ...(values && { values }) })
      .catch((error: unknown) => failureOf(error));
    if (typeof found === 'string' || failure !== undefined) {
      if (found !== failure) faults.push(`${name}: ${typeof found === 'string' ? found : 'not refused'}`);
    } else if (rows.length > 0 && found.length === 0) faults.push(`${name}: no answer`);
    else {
      const [then, now] = [valueOf(rows), valueOf(found)];
      faults.push(...missing(then, now).map((fault) => `${name}: ${fault}`));
      for (const [hash, other] of hashes(then, now)) told.set(hash, other);
    }
  }
  return faults;
}

/** Times near to now, which are so for as long as they are moved with it. */
const EPOCH_MS = /(?<!\w)1[6-9]\d{11}(?!\w)/g;

function failureOf(error: unknown): FailureType {
  if (error instanceof MendloopError) return error.type;
  throw error;
}

/** Columns are text, of which some hold JSON. */
function valueOf(rows: readonly SqlRow[]): unknown {
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, text]) => [name, parsed(text)])));
}

function parsed(text: string | null): unknown {
  if (text === null || !/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const isList = (value: SqlValue): value is readonly (string | null)[] => Array.isArray(value);

/** Hashes, and those in their place: rows have the time at which they were written in them. */
function hashes(then: unknown, now: unknown): [string, string][] {
  if (typeof then === 'string' && typeof now === 'string') return /^[0-9a-f]{64}$/.test(then) ? [[then, now]] : [];
  if (typeof then !== 'object' || then === null || typeof now !== 'object' || now === null) return [];
  return Object.entries(then).flatMap(([key, value]) => hashes(value, (now as Record<string, unknown>)[key]));
}

/** Places of `known` that `found` has not. A null says nothing of what may be there; lists are compared by their first. */
function missing(known: unknown, found: unknown, place = ''): string[] {
  if (known === null || found === null || found === undefined) return [];
  if (Array.isArray(known)) {
    if (!Array.isArray(found)) return [`${place} is no list any more`];
    return known.length === 0 || found.length === 0 ? [] : missing(known[0], found[0], `${place}[]`);
  }
  if (typeof known !== 'object') return typeof found === typeof known ? [] : [`${place} is of another type`];
  if (typeof found !== 'object') return [`${place} is no object any more`];
  return Object.entries(known).flatMap(([name, value]) => {
    const at = `${place}.${name}`;
    return name in found ? missing(value, (found as Record<string, unknown>)[name], at) : [`${at} is missing`];
  });
}
