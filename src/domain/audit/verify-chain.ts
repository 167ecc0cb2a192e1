import { readEntry } from './audit-record.ts';
import { chainHash, type ChainPoint, type ChainRow, GENESIS, type Sha256 } from './chain.ts';
import { readCheckpoint, samePoint, type VerifySignature } from './checkpoint.ts';
import { type AuditProblem, AuditProblemKind, type AuditVerdict, type KnownPoint } from './verdict.ts';

/** One fault early in a long log may break every row after it; nobody reads a million sentences. */
const MAX_PROBLEMS = 100;

export interface ChainVerifierOptions {
  readonly sha256: Sha256;
  readonly verifySignature: VerifySignature;
  /** Places that are remembered elsewhere, such as the heads that checkpoints signed, or what was shipped. */
  readonly known?: readonly KnownPoint[];
  /** The row before the first one, where only a later stretch of the log is looked at. Absent: the whole log is. */
  readonly after?: ChainPoint;
}

/**
 * Judges a log row by row, in order of `seq`, in memory that does not grow with it. Finds: any change to any column of
 * any row; rows missing, added or in another order; removals that no checkpoint signed; and what contradicts a place that
 * is known. What it cannot find is a log cut off, or rewritten, after the last place that is known.
 */
export class ChainVerifier {
  readonly #options: ChainVerifierOptions;
  readonly #known: ReadonlyMap<number, readonly KnownPoint[]>;
  readonly #problems: AuditProblem[] = [];
  #problemCount = 0;
  #rows = 0;
  #first: ChainRow | undefined;
  #beforeLast: ChainRow | undefined;
  #last: ChainRow | undefined;
  /** Whether the last row is what was hashed when it was written. */
  #lastIsSound = true;
  #removed: (ChainPoint & { readonly by: number }) | null = null;
  #signed: ChainPoint | null = null;

  constructor(options: ChainVerifierOptions) {
    this.#options = options;
    this.#known = Map.groupBy(options.known ?? [], ({ seq }) => seq);
  }

  add(row: ChainRow): void {
    this.#rows += 1;
    this.#first ??= row;
    const isSound = this.#checkContent(row);
    this.#checkPlace(row, isSound && this.#lastIsSound);
    for (const point of this.#known.get(row.seq) ?? []) {
      if (point.hash !== row.hash) this.#rewritten(row.seq, point.source);
    }
    if (row.kind === 'checkpoint') this.#readCheckpoint(row);
    this.#beforeLast = this.#last;
    this.#last = row;
    this.#lastIsSound = isSound;
  }

  finish(): AuditVerdict {
    this.#checkBeginning();
    this.#checkEnd();
    return {
      intact: this.#problemCount === 0,
      rows: this.#rows,
      first: pointOf(this.#first),
      head: pointOf(this.#last),
      removed: pointOf(this.#removed),
      signed: this.#signed,
      problems: this.#problems.toSorted((one, other) => one.seq - other.seq),
      problemCount: this.#problemCount,
    };
  }

  #checkContent(row: ChainRow): boolean {
    if (chainHash(row, this.#options.sha256) !== row.hash) {
      this.#problem(row.seq, AuditProblemKind.Changed, `row ${row.seq} was changed: it does not give its hash`);
      return false;
    }
    const entry = readEntry(row.body);
    if (entry?.key === row.key && entry.kind === row.kind && (entry.remediationId ?? null) === row.remediationId) {
      return true;
    }
    this.#problem(row.seq, AuditProblemKind.Changed, `row ${row.seq} was changed: its columns contradict its body`);
    return false;
  }

  /** Two rows that are sound in themselves must also follow each other; of an unsound one that is not asked. */
  #checkPlace(row: ChainRow, areSound: boolean): void {
    const last = this.#last ?? this.#options.after;
    if (last === undefined) return; // See `#checkBeginning`.
    if (row.seq <= last.seq) {
      this.#problem(row.seq, AuditProblemKind.OutOfOrder, `row ${row.seq} comes after row ${last.seq}`);
    } else if (row.seq > last.seq + 1) {
      this.#missing(last.seq + 1, row.seq - 1);
    } else if (areSound && row.prevHash !== last.hash) {
      // The earlier one was written anew, its hash included, after the later one.
      const message = `row ${last.seq} was changed or put there: row ${row.seq} was chained to another`;
      this.#problem(Math.max(last.seq, this.#first?.seq ?? last.seq), AuditProblemKind.Changed, message);
    } else if (!areSound && this.#lastIsSound && row.prevHash === this.#beforeLast?.hash) {
      const message = `row ${last.seq} was put there: row ${row.seq} is chained to the one before it`;
      this.#problem(last.seq, AuditProblemKind.OutOfOrder, message);
    }
  }

  #readCheckpoint(row: ChainRow): void {
    const entry = readEntry(row.body);
    const { verdict, checkpoint } = readCheckpoint(entry?.data ?? {}, this.#options.verifySignature);
    if (checkpoint === undefined || verdict !== 'valid') {
      const why =
        verdict === 'unknown_key' ? `its key ${checkpoint?.keyId ?? ''} is not trusted` : 'it does not verify';
      this.#problem(row.seq, AuditProblemKind.BadSignature, `checkpoint ${row.seq} is signed wrongly: ${why}`);
      return;
    }
    const { head, removed } = checkpoint;
    if (head.seq >= row.seq) {
      const message = `checkpoint ${row.seq} tells of row ${head.seq}, which it was written before`;
      this.#problem(row.seq, AuditProblemKind.OutOfOrder, message);
    }
    if (head.seq > (this.#signed?.seq ?? 0)) this.#signed = head;
    if (removed !== null && removed.seq >= (this.#removed?.seq ?? 0)) this.#removed = { ...removed, by: row.seq };
  }

  /** The first row follows nothing, or exactly what the newest checkpoint says was removed. */
  #checkBeginning(): void {
    const first = this.#first;
    if (first === undefined || this.#options.after !== undefined) return;
    const { seq, hash } = this.#removed ?? GENESIS;
    const before = first.seq - 1;
    if (before > seq) {
      const rows = rowsFrom(seq + 1, before);
      this.#problem(seq + 1, AuditProblemKind.UnsignedRemoval, `${rows} missing, and no checkpoint says why`);
    } else if (before < seq) {
      const message = `row ${first.seq} is there, although checkpoint ${this.#removed?.by ?? 0} says that it was removed`;
      this.#problem(first.seq, AuditProblemKind.OutOfOrder, message);
    } else if (first.prevHash !== hash) {
      const message = `row ${first.seq} was changed: it is chained to something else than what came before it`;
      this.#problem(first.seq, AuditProblemKind.Changed, message);
    }
  }

  /** What is known must be there, unless it was removed. */
  #checkEnd(): void {
    const end = this.#last?.seq ?? this.#options.after?.seq ?? 0;
    const points = [...this.#known.values()].flat();
    const furthest = points.reduce<KnownPoint | undefined>(
      (best, point) => (point.seq > Math.max(end, best?.seq ?? 0) ? point : best),
      undefined,
    );
    if (furthest !== undefined) {
      const message = `${rowsFrom(end + 1, furthest.seq)} missing at the end: ${furthest.source} knows of row ${furthest.seq}`;
      this.#problem(end + 1, AuditProblemKind.Missing, message);
    }
    const removed = this.#removed;
    if (removed === null) return;
    for (const point of points) {
      if (point.seq === removed.seq && !samePoint(point, removed)) this.#rewritten(point.seq, point.source);
    }
  }

  #missing(from: number, to: number): void {
    const message = `${rowsFrom(from, to)} missing between rows ${from - 1} and ${to + 1}`;
    this.#problem(from, AuditProblemKind.Missing, message);
  }

  #rewritten(seq: number, source: string): void {
    const message = `row ${seq}, or one before it, was rewritten: ${source} knows another`;
    this.#problem(seq, AuditProblemKind.Changed, message);
  }

  #problem(seq: number, kind: AuditProblemKind, message: string): void {
    this.#problemCount += 1;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ seq, kind, message });
  }
}

function rowsFrom(from: number, to: number): string {
  return from === to ? `row ${from} is` : `rows ${from} to ${to} are`;
}

function pointOf(point: ChainPoint | null | undefined): ChainPoint | null {
  return point == null ? null : { seq: point.seq, hash: point.hash };
}

/** The heads that good checkpoints among these rows signed. A bad one is found when its row is judged. */
export function signedHeads(rows: Iterable<ChainRow>, verifySignature: VerifySignature): KnownPoint[] {
  return [...rows].flatMap((row) => {
    const data = row.kind === 'checkpoint' ? readEntry(row.body)?.data : undefined;
    if (data === undefined) return [];
    const { verdict, checkpoint } = readCheckpoint(data, verifySignature);
    return verdict === 'valid' && checkpoint ? [{ ...checkpoint.head, source: `checkpoint ${row.seq}` }] : [];
  });
}

/** Verifies a log that is all at hand, against what its own checkpoints signed too. */
export function verifyChain(rows: readonly ChainRow[], options: ChainVerifierOptions): AuditVerdict {
  const known = [...signedHeads(rows, options.verifySignature), ...(options.known ?? [])];
  const verifier = new ChainVerifier({ ...options, known });
  for (const row of rows) verifier.add(row);
  return verifier.finish();
}
