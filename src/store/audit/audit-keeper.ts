import type { ChainPoint } from '../../domain/audit/chain.ts';
import { type Checkpoint, checkpointEntry, samePoint } from '../../domain/audit/checkpoint.ts';
import { defined } from '../../domain/defined.ts';
import type { AuditVerdict } from '../../domain/audit/verdict.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { AnchorFile } from './anchor-file.ts';
import type { AuditStore } from './audit-log.ts';
import type { CheckpointSigner } from './signing-key.ts';

/** Rows that one checkpoint removes: a first run after a long time must not meet the time limit of a statement. */
const MAX_REMOVED = 10_000;

/** What was verified once may be changed later: so often all of it is read again. */
const VERIFY_ALL_MS = 24 * 3600 * 1000;

/** What one run found and did. Kept by Temporal, it is what the next run compares the log with. */
export interface AuditKeeping {
  /** The last row that the newest checkpoint signed; null while the log is empty. */
  readonly signed: ChainPoint | null;
  /** The last row that was ever removed. */
  readonly removed: ChainPoint | null;
  /** Rows removed by this run. */
  readonly rowsRemoved: number;
  /** Rows verified by this run: those after the last signed one, or once a day all. */
  readonly rowsVerified: number;
  /** RFC 3339; when all were verified for the last time. */
  readonly verifiedAllAt: string;
  /** The last row that retention, which runs apart, may remove; absent: this run removed by itself. */
  readonly ordered?: ChainPoint | null;
  /** A sink that has not got rows which are old enough to be removed. */
  readonly heldBackBy?: string;
}

export interface AuditKeeperOptions {
  readonly store: AuditStore;
  readonly signer: CheckpointSigner;
  readonly retentionDays: number;
  /** Who removes what may go: this process, or `mendloop audit prune`, by what is signed here; `worker` unless given. */
  readonly prune?: 'worker' | 'apart' | undefined;
  /** Names of the sinks in use: what has not arrived at each is not removed. */
  readonly sinks: readonly string[];
  /** Where what is signed is remembered outside of the database. */
  readonly anchors?: AnchorFile | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface AuditKeeper {
  /**
   * Verifies what was appended since `previous`, signs the log's head, and removes what is older than the retention, or
   * signs that it may be removed.
   * Running it again changes nothing more.
   *
   * @throws MendloopError `AuditTampered` with the rows, before anything is signed or removed; `AuditUnavailable`.
   */
  keep(previous?: AuditKeeping): Promise<AuditKeeping>;
}

/** Keeps the log: see `AuditKeeper.keep`. */
export function createAuditKeeper(options: AuditKeeperOptions): AuditKeeper {
  const { store, signer, retentionDays, sinks, anchors: file, prune = 'worker', now = Date.now } = options;

  /** What Temporal remembers must be there still, and what came after it must follow. */
  async function verify(
    previous: AuditKeeping | undefined,
  ): Promise<Pick<AuditKeeping, 'rowsVerified' | 'verifiedAllAt'>> {
    const startedAt = now();
    const signed = previous?.signed ?? undefined;
    const isRecent = previous !== undefined && startedAt - Date.parse(previous.verifiedAllAt) < VERIFY_ALL_MS;
    const after = isRecent && signed !== undefined && (await isThere(signed)) ? signed : undefined;
    const ofTemporal =
      signed === undefined ? [] : [{ ...signed, source: 'the last checkpoint that Temporal remembers' }];
    const ofFile = (await file?.read()) ?? [];
    const verdict = await store.verify(
      after === undefined ? { anchors: [...ofTemporal, ...ofFile] } : { after, anchors: ofFile.slice(-1) },
    );
    if (!verdict.intact) throw tampered(verdict);
    const verifiedAllAt = after === undefined ? new Date(startedAt).toISOString() : previous?.verifiedAllAt;
    return { rowsVerified: verdict.rows, verifiedAllAt: verifiedAllAt ?? '' };
  }

  async function isThere(point: ChainPoint): Promise<boolean> {
    const found = await store.point(point.seq);
    return found !== undefined && samePoint(point, found);
  }

  function sign(head: ChainPoint, removed: ChainPoint | null): Checkpoint {
    return signer.sign({ head, removed, at: new Date(now()).toISOString() });
  }

  async function anchor(point: ChainPoint): Promise<void> {
    const known = await file?.read();
    if (known === undefined || known.at(-1)?.seq === point.seq) return;
    await file?.append(point, new Date(now()).toISOString());
  }

  return {
    async keep(previous) {
      const verified = await verify(previous);
      let removed = await store.lastRemoved();
      // How far it is removed, or signed that it may be.
      let done = prune === 'apart' ? await lastOrdered(removed) : removed;
      let rowsRemoved = 0;
      let heldBackBy: string | undefined;
      for (;;) {
        const head = await store.head();
        if (head === undefined) return { signed: null, removed, rowsRemoved, ...verified };
        const expired = await store.lastExpired(retentionDays);
        const limit = await slowestSink(store, sinks);
        const through = Math.min(expired?.seq ?? 0, limit?.seq ?? Infinity, (done?.seq ?? 0) + MAX_REMOVED);
        if (limit !== undefined && limit.seq < (expired?.seq ?? 0)) heldBackBy = limit.sink;
        const last = through > (done?.seq ?? 0) ? await store.point(through) : undefined;
        if (last === undefined) {
          const signed = await signHead(head, removed);
          await anchor(signed);
          const ordered = prune === 'apart' ? done : undefined;
          return { signed, removed, rowsRemoved, ...verified, ...defined({ ordered, heldBackBy }) };
        }
        const checkpoint = sign(head, last);
        done = last;
        if (prune === 'apart') {
          await store.orderRemoval(checkpoint);
          continue;
        }
        const removal = { through, keepDays: retentionDays, checkpoint: checkpointEntry(checkpoint) };
        rowsRemoved += await store.remove(removal);
        removed = last;
      }
    },
  };

  /** What was left by others than a signer counts for nothing. */
  async function lastOrdered(removed: ChainPoint | null): Promise<ChainPoint | null> {
    const orders = await store.removalOrders();
    return orders.reduce<ChainPoint | null>((last, { verdict, checkpoint }) => {
      const point = verdict === 'valid' ? (checkpoint?.removed ?? null) : null;
      return (point?.seq ?? 0) > (last?.seq ?? 0) ? point : last;
    }, removed);
  }

  async function signHead(head: ChainPoint, removed: ChainPoint | null): Promise<ChainPoint> {
    // A log at rest must not grow by being looked at.
    const [row] = await store.list({ afterSeq: head.seq - 1, limit: 1 });
    if (row?.kind !== 'checkpoint') await store.append([checkpointEntry(sign(head, removed))]);
    return head;
  }
}

async function slowestSink(
  store: AuditStore,
  sinks: readonly string[],
): Promise<{ sink: string; seq: number } | undefined> {
  const cursors = await Promise.all(sinks.map(async (sink) => ({ sink, seq: (await store.cursor(sink))?.seq ?? 0 })));
  return cursors.reduce<{ sink: string; seq: number } | undefined>(
    (slowest, cursor) => (cursor.seq < (slowest?.seq ?? Infinity) ? cursor : slowest),
    undefined,
  );
}

function tampered({ problems, problemCount }: AuditVerdict): MendloopError {
  const first = problems.slice(0, 5).map(({ message }) => message);
  const more = problemCount > first.length ? `; and ${problemCount - first.length} more` : '';
  return new MendloopError('AuditTampered', `${first.join('; ')}${more}`);
}
