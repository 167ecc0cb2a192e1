import { boundLabels, type UnhandledAlert } from '../../domain/incident/unhandled.ts';
import { sha256 } from '../audit/sha256.ts';
import { BatchQueue } from '../batch-queue.ts';
import type { Database, SqlRow } from '../database.ts';
import type { UnhandledStore, Unwanted } from './unhandled-store.ts';

/** Rows of one statement. */
const MAX_ROWS = 1000;

/** Kinds that are kept. */
const MAX_KINDS = 10_000;

/** UTF-16 code units of a name, a rule or a reason. */
const MAX_TEXT = 1000;

/** Kinds that are new to the table between two looks at whether it has too many. */
const NEW_BETWEEN_LOOKS = 1000;

/** Several alerts of one kind. */
interface Count {
  readonly key: string;
  readonly cluster: string;
  readonly alertName: string;
  readonly rule: string;
  readonly reason: string;
  count: number;
  labels: string;
  now: number;
}

/** Unhandled alerts in a table of the store's database: one statement, however many wait to be counted. */
export class SqlUnhandledStore implements UnhandledStore {
  readonly #database: Pick<Database, 'run'>;
  readonly #queue: BatchQueue<readonly Count[], undefined>;
  #newKinds = 0;

  constructor(database: Pick<Database, 'run'>) {
    this.#database = database;
    this.#queue = new BatchQueue({
      run: async (requests) => {
        await this.#write(merge(requests.flat()));
        return requests.map(() => undefined);
      },
      weigh: (counts) => counts.length,
      maxWeight: MAX_ROWS,
    });
  }

  readonly record: UnhandledStore['record'] = async ({ cluster, alerts, now }) => {
    const counts = merge(alerts.map((alert) => toCount(cluster, alert, now)));
    for (let from = 0; from < counts.length; from += MAX_ROWS) {
      await this.#queue.ask(counts.slice(from, from + MAX_ROWS));
    }
  };

  readonly list: UnhandledStore['list'] = async ({ since = 0, limit }) => {
    const rows = await this.#database.run({
      text: `
        SELECT cluster, alert_name, rule, reason, count::text, first_seen::text, last_seen::text, labels
        FROM mendloop.unhandled u WHERE u.last_seen >= $1::bigint ORDER BY u.last_seen DESC, u.key LIMIT $2::int`,
      values: [String(since), String(limit)],
    });
    return rows.map(toUnhandled);
  };

  readonly close: UnhandledStore['close'] = async () => {
    await this.#queue.drain();
  };

  /** In the order of the keys: two processes that count the same kinds wait for each other, never in a circle. */
  async #write(counts: readonly Count[]): Promise<void> {
    const [row] = await this.#database.run({
      text: `
        WITH counted AS (
          INSERT INTO mendloop.unhandled AS u
            (key, cluster, alert_name, rule, reason, count, first_seen, last_seen, labels)
          SELECT key, cluster, alert_name, rule, reason, count, seen, seen, labels
          FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::text[])
            WITH ORDINALITY AS t (key, cluster, alert_name, rule, reason, count, seen, labels, place)
          ORDER BY place
          ON CONFLICT (key) DO UPDATE SET
            count = u.count + excluded.count,
            last_seen = greatest(u.last_seen, excluded.last_seen),
            labels = excluded.labels
          RETURNING xmax = 0 AS is_new
        )
        SELECT count(*) FILTER (WHERE is_new)::text AS new FROM counted`,
      values: [
        counts.map(({ key }) => key),
        counts.map(({ cluster }) => cluster),
        counts.map(({ alertName }) => alertName),
        counts.map(({ rule }) => rule),
        counts.map(({ reason }) => reason),
        counts.map(({ count }) => String(count)),
        counts.map(({ now }) => String(now)),
        counts.map(({ labels }) => labels),
      ],
    });
    this.#newKinds += Number(row?.['new']);
    if (this.#newKinds >= NEW_BETWEEN_LOOKS) await this.#prune();
  }

  async #prune(): Promise<void> {
    await this.#database.run({
      text: `
        DELETE FROM mendloop.unhandled WHERE key IN (
          SELECT u.key FROM mendloop.unhandled u ORDER BY u.last_seen DESC, u.key OFFSET $1::int
        )`,
      values: [String(MAX_KINDS)],
    });
    this.#newKinds = 0;
  }
}

function toCount(cluster: string, { alertName, labels, rule, reason }: Unwanted, now: number): Count {
  const kind = { cluster, alertName: text(alertName), rule: text(rule), reason: text(reason) };
  const key = sha256(JSON.stringify([kind.cluster, kind.alertName, kind.rule, kind.reason]));
  return { ...kind, key, count: 1, labels: JSON.stringify(boundLabels(labels)), now };
}

/** What PostgreSQL takes as text: no zero characters, no halves of a pair. */
function text(value: string): string {
  return value.slice(0, MAX_TEXT).toWellFormed().replaceAll('\0', '\ufffd');
}

/** One for each kind, in the order of their keys. */
function merge(counts: readonly Count[]): Count[] {
  const kinds = new Map<string, Count>();
  for (const count of counts) {
    const known = kinds.get(count.key);
    if (known === undefined) kinds.set(count.key, { ...count });
    else {
      known.count += count.count;
      known.now = Math.max(known.now, count.now);
      known.labels = count.labels;
    }
  }
  return [...kinds.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function toUnhandled(row: SqlRow): UnhandledAlert {
  const instant = (column: string) => new Date(Number(row[column])).toISOString();
  return {
    cluster: row['cluster'] ?? '',
    alertName: row['alert_name'] ?? '',
    rule: row['rule'] ?? '',
    reason: row['reason'] ?? '',
    count: Number(row['count']),
    firstSeen: instant('first_seen'),
    lastSeen: instant('last_seen'),
    labels: JSON.parse(row['labels'] ?? '{}') as Record<string, string>,
  };
}
