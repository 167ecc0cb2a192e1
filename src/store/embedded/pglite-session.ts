import { type PGlite, protocol } from '@electric-sql/pglite';
import type { SqlRow, SqlValue, Statement } from '../database.ts';

const { serialize } = protocol;

/** Runs a statement in a transaction of its own; the next one only after it. Rejects as PGlite does. */
export type RunStatement = (statement: Pick<Statement, 'text' | 'values' | 'prepare'>) => Promise<SqlRow[]>;

/**
 * Everything that a statement takes as one message of PostgreSQL's protocol: PGlite's own `query` sends six, asks for
 * the types of parameters, and parses the text each time.
 */
export function openSession(db: Pick<PGlite, 'execProtocol'>): RunStatement {
  /** Names of statements that this session has parsed. */
  const parsed = new Set<string>();

  return async ({ text, values = [], prepare = '' }) => {
    const isParsed = prepare !== '' && parsed.has(prepare);
    const message = Buffer.concat([
      ...(isParsed ? [] : [serialize.parse({ name: prepare, text })]),
      serialize.bind({ statement: prepare, values: values.map(toText) }),
      serialize.describe({ type: 'P' }),
      serialize.execute({}),
      serialize.sync(),
    ]);
    const { messages } = await db.execProtocol(message, { syncToFs: false });
    if (prepare !== '') parsed.add(prepare);
    let columns: readonly string[] = [];
    const rows: SqlRow[] = [];
    for (const answer of messages) {
      if (isRowDescription(answer)) columns = answer.fields.map(({ name }) => name);
      else if (isDataRow(answer)) rows.push(toRow(columns, answer.fields));
    }
    return rows;
  };
}

// The classes of the messages are not exported.
type Message = Awaited<ReturnType<PGlite['execProtocol']>>['messages'][number];
type RowDescription = Message & { readonly fields: readonly { readonly name: string }[] };
type DataRow = Message & { readonly fields: readonly (string | null)[] };

const isRowDescription = (message: Message): message is RowDescription => message.name === 'rowDescription';
const isDataRow = (message: Message): message is DataRow => message.name === 'dataRow';

function toRow(columns: readonly string[], values: readonly (string | null)[]): SqlRow {
  return Object.fromEntries(columns.map((column, place) => [column, values[place] ?? null]));
}

function toText(value: SqlValue): string | null {
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : `{${value.map(toElement).join(',')}}`;
}

/** Source: PostgreSQL, "Array Input and Output Syntax". */
function toElement(value: string | null): string {
  return value === null ? 'NULL' : `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}
