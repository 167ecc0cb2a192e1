import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/store/audit/sha256.ts';
import { createSigner } from '../../../src/store/audit/signing-key.ts';
import { chainHash, type ChainRow } from '../../../src/domain/audit/chain.ts';
import { checkpointEntry } from '../../../src/domain/audit/checkpoint.ts';
import { toRecord } from '../../../src/domain/audit/audit-record.ts';
import { verifyChain } from '../../../src/domain/audit/verify-chain.ts';
import { anEntry, link, LogBuilder, newKey, signer, verify, verifySignature } from './log-builder.ts';

/** A log as it is after some months: its beginning removed, signed twice, with entries after the last signature. */
function aLog(): ChainRow[] {
  return new LogBuilder().entries(6).checkpoint().entries(5).removeThrough(4).entries(4).checkpoint().entries(3).rows;
}

const LOG = aLog();
const COLUMNS = ['recordedAt', 'key', 'kind', 'remediationId', 'body', 'prevHash', 'hash'] as const;
const anyPlace = fc.nat({ max: LOG.length - 1 });
const anyInner = fc.integer({ min: 1, max: LOG.length - 2 });

const seqs = (rows: readonly ChainRow[]) => verify(rows).problems.map(({ seq }) => seq);

/** The row with its hash computed anew, as whoever knows how the chain works would leave it. */
const rehash = (row: ChainRow): ChainRow => ({ ...row, hash: chainHash(row, sha256) });

/** The rest of the log chained anew behind a row. */
function rechain(rows: readonly ChainRow[]): ChainRow[] {
  const result: ChainRow[] = [];
  for (const row of rows) {
    const prevHash = result.at(-1)?.hash ?? row.prevHash;
    result.push(rehash({ ...row, prevHash }));
  }
  return result;
}

describe('a log that is as it was written', () => {
  it('is intact, and says what is signed and what was removed', () => {
    expect(verify(LOG)).toMatchObject({
      intact: true,
      problems: [],
      rows: LOG.length,
      first: { seq: 5 },
      head: { seq: LOG.at(-1)!.seq, hash: LOG.at(-1)!.hash },
      removed: { seq: 4 },
      signed: { seq: 17 },
    });
  });

  it.each([
    ['empty', []],
    ['one entry', new LogBuilder().entries(1).rows],
    ['without a checkpoint', new LogBuilder().entries(20).rows],
    ['all but the checkpoint removed', new LogBuilder().entries(7).removeThrough(7).rows],
    [
      'trimmed many times',
      new LogBuilder().entries(9).removeThrough(3).removeThrough(8).entries(2).removeThrough(11).rows,
    ],
  ])('is intact: %s', (_, rows) => {
    expect(verify(rows)).toMatchObject({ intact: true, rows: rows.length });
  });

  it('is intact from any place on, if what came before is known', () => {
    for (const [place, row] of LOG.entries()) {
      const verdict = verifyChain(LOG.slice(place + 1), { sha256, verifySignature, after: row });
      expect(verdict).toMatchObject({ intact: true, rows: LOG.length - place - 1 });
    }
  });
});

describe('any one byte', () => {
  it('of any column of any row, changed, is found, and the row is named', () => {
    fc.assert(
      fc.property(
        anyPlace,
        fc.constantFrom(...COLUMNS),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (place, column, at, flip) => {
          const row = LOG[place]!;
          const bytes = Buffer.from(row[column] ?? '');
          fc.pre(bytes.length > 0);
          bytes[at % bytes.length]! ^= flip;
          const changed = { ...row, [column]: bytes.toString() };
          expect(seqs(LOG.with(place, changed))).toContain(row.seq);
        },
      ),
      { numRuns: 500 },
    );
  }, 60_000);

  it('put in or left out anywhere is found, and the row is named', () => {
    const edit = fc.oneof(
      fc.record({ remove: fc.constant(1), put: fc.constant('') }),
      fc.record({ remove: fc.constant(0), put: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }) }),
    );
    fc.assert(
      fc.property(anyPlace, fc.constantFrom(...COLUMNS), fc.nat(), edit, (place, column, at, { remove, put }) => {
        const row = LOG[place]!;
        const text = row[column] ?? '';
        const from = at % (text.length + 1);
        const changed = text.slice(0, from) + put + text.slice(from + remove);
        fc.pre(changed !== text);
        expect(seqs(LOG.with(place, { ...row, [column]: changed }))).toContain(row.seq);
      }),
      { numRuns: 500 },
    );
  }, 60_000);

  it('of a number is found: the row is missed, or found elsewhere', () => {
    fc.assert(
      fc.property(anyPlace, fc.integer({ min: 0, max: 40 }), (place, seq) => {
        const row = LOG[place]!;
        fc.pre(seq !== row.seq);
        const rows = LOG.with(place, { ...row, seq }).toSorted((one, other) => one.seq - other.seq);
        expect(seqs(rows)).toContain(seq);
        expect(verify(rows).intact).toBe(false);
      }),
    );
  });
});

describe('a row changed with its own hash', () => {
  it('is found by the row after it, and named', () => {
    fc.assert(
      fc.property(fc.nat({ max: LOG.length - 2 }), (place) => {
        const row = LOG[place]!;
        const entry = toRecord(anEntry({ key: row.key, actor: 'somebody else' }));
        const forged = rehash({ ...row, ...entry });
        expect(seqs(LOG.with(place, forged))).toContain(row.seq);
      }),
    );
  });

  it('and every hash after it is found where a checkpoint knows better', () => {
    const signedUpTo = verify(LOG).signed!.seq;
    fc.assert(
      fc.property(anyPlace, (place) => {
        const row = LOG[place]!;
        fc.pre(row.seq <= signedUpTo && row.kind !== 'checkpoint');
        const forged = [
          ...LOG.slice(0, place),
          ...rechain([
            { ...row, ...toRecord(anEntry({ key: row.key, actor: 'somebody else' })) },
            ...LOG.slice(place + 1),
          ]),
        ];
        const { intact, problems } = verify(forged);
        expect(intact).toBe(false);
        expect(problems[0]).toMatchObject({
          kind: 'changed',
          message: expect.stringMatching(/rewritten: checkpoint/) as string,
        });
        expect(problems[0]!.seq).toBeGreaterThanOrEqual(row.seq);
      }),
    );
  });

  it('and every hash after it is not found behind the last place that is known, which the verdict says', () => {
    const rows = LOG.with(-1, rehash({ ...LOG.at(-1)!, ...toRecord(anEntry()) }));
    const verdict = verify(rows);
    expect(verdict.intact).toBe(true);
    expect(verdict.signed!.seq).toBeLessThan(rows.at(-1)!.seq);
    const { seq, hash } = LOG.at(-1)!;
    expect(verify(rows, [{ seq, hash, source: 'the SIEM' }])).toMatchObject({
      intact: false,
      problems: [
        { seq, kind: 'changed', message: `row ${seq}, or one before it, was rewritten: the SIEM knows another` },
      ],
    });
  });
});

describe('rows', () => {
  it('left out anywhere but at the end are found and named', () => {
    fc.assert(
      fc.property(anyInner, fc.integer({ min: 1, max: 5 }), (place, count) => {
        fc.pre(place + count < LOG.length);
        const rows = LOG.toSpliced(place, count);
        const problem = { seq: LOG[place]!.seq, kind: 'missing' };
        expect(verify(rows).problems).toEqual(expect.arrayContaining([expect.objectContaining(problem)]));
      }),
    );
  });

  it('left out and closed up again, every hash after them included, are found by a checkpoint', () => {
    fc.assert(
      fc.property(anyPlace, (place) => {
        fc.pre(LOG[place]!.seq < verify(LOG).signed!.seq && LOG[place]!.kind !== 'checkpoint');
        const rest = LOG.slice(place + 1).map((row) => ({ ...row, seq: row.seq - 1, prevHash: LOG[place]!.prevHash }));
        expect(verify([...LOG.slice(0, place), ...rechain(rest)]).intact).toBe(false);
      }),
    );
  });

  it('that changed places are found and named', () => {
    fc.assert(
      fc.property(anyPlace, anyPlace, (one, other) => {
        fc.pre(one !== other);
        const [a, b] = [LOG[one]!, LOG[other]!];
        // As rows of a table change places: by their numbers.
        const rows = LOG.with(one, { ...b, seq: a.seq }).with(other, { ...a, seq: b.seq });
        expect(seqs(rows)).toEqual(expect.arrayContaining([a.seq, b.seq]));
      }),
    );
  });

  it('that were put in are found and named', () => {
    fc.assert(
      fc.property(fc.nat({ max: LOG.length - 2 }), fc.boolean(), (place, closedUp) => {
        const before = LOG[place]!;
        const forged = link(before, toRecord(anEntry()));
        const after = LOG.slice(place + 1).map((row) => (closedUp ? { ...row, seq: row.seq + 1 } : row));
        expect(seqs([...LOG.slice(0, place + 1), forged, ...after])).toContain(forged.seq);
      }),
    );
  });

  it('cut off at the end are found and named as far as somebody knows of them', () => {
    const { seq, hash } = LOG.at(-1)!;
    for (let left = 0; left < LOG.length; left += 1) {
      const rows = LOG.slice(0, left);
      const missing = { seq: (rows.at(-1)?.seq ?? 0) + 1, kind: 'missing' };
      expect(verify(rows, [{ seq, hash, source: 'the shipment to siem' }]).problems).toEqual(
        expect.arrayContaining([expect.objectContaining(missing)]),
      );
    }
    // What nobody knows of can be cut off unnoticed, down to the first row that no checkpoint signed.
    expect(verify(LOG.slice(0, -2)).intact).toBe(true);
  });
});

describe('retention', () => {
  it('without a checkpoint is found, however much was removed', () => {
    for (let removed = 1; removed < LOG.length; removed += 1) {
      const verdict = verify(LOG.slice(removed));
      expect(verdict.intact).toBe(false);
      expect(verdict.problems.map(({ kind }) => kind)).toContain('unsigned_removal');
    }
  });

  it('undone, or done again to other rows, is found', () => {
    const log = new LogBuilder().entries(6);
    const all = [...log.rows];
    const trimmed = log.removeThrough(4).rows;
    expect(verify([...all.slice(2, 4), ...trimmed]).problems).toMatchObject([
      { seq: 3, kind: 'out_of_order', message: 'row 3 is there, although checkpoint 7 says that it was removed' },
    ]);
    expect(verify(trimmed.slice(1)).problems).toMatchObject([
      { seq: 5, kind: 'unsigned_removal', message: 'row 5 is missing, and no checkpoint says why' },
    ]);
  });

  it('with the rows behind it chained to another past is found', () => {
    const log = new LogBuilder().entries(6).removeThrough(4).rows;
    const [first, ...rest] = log;
    const forged = rechain([{ ...first!, prevHash: 'f'.repeat(64) }, ...rest]);
    expect(verify(forged).problems).toMatchObject([{ seq: 5, kind: 'changed' }, { kind: 'changed' }]);
  });

  it('signed by a stranger is no retention', () => {
    const stranger = createSigner(newKey());
    const log = new LogBuilder().entries(6);
    const [kept, cut] = [log.rows.slice(4), log.rows[3]!];
    const statement = { head: log.head, removed: { seq: cut.seq, hash: cut.hash }, at: '2026-08-01T12:00:00Z' };
    const forged = link(log.head, toRecord(checkpointEntry(stranger.sign(statement))));
    expect(verify([...kept, forged]).problems).toMatchObject([
      { seq: 1, kind: 'unsigned_removal', message: 'rows 1 to 4 are missing, and no checkpoint says why' },
      {
        seq: 7,
        kind: 'bad_signature',
        message: `checkpoint 7 is signed wrongly: its key ${stranger.keyId} is not trusted`,
      },
    ]);
    const pretended = checkpointEntry({ ...stranger.sign(statement), keyId: signer.keyId });
    expect(verify([...kept, link(log.head, toRecord(pretended))]).problems).toMatchObject([
      { kind: 'unsigned_removal' },
      { seq: 7, kind: 'bad_signature', message: 'checkpoint 7 is signed wrongly: it does not verify' },
    ]);
  });

  it('cannot be proven by a checkpoint that tells of what came after it', () => {
    const log = new LogBuilder().entries(3);
    const late = checkpointEntry(
      signer.sign({ head: { seq: 9, hash: 'a'.repeat(64) }, removed: null, at: '2026-08-01T12:00:00Z' }),
    );
    expect(verify(log.append(late).rows).problems).toEqual(
      expect.arrayContaining([expect.objectContaining({ seq: 4, kind: 'out_of_order' })]),
    );
  });
});

it('stops listing after 100 problems, and goes on counting', () => {
  const rows = new LogBuilder().entries(150).rows.map((row) => ({ ...row, body: '{}' }));
  const { problems, problemCount } = verify(rows);
  expect(problems).toHaveLength(100);
  expect(problemCount).toBe(150);
});
