import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { anchorFile } from '../../store/audit/anchor-file.ts';
import { sha256 } from '../../store/audit/sha256.ts';
import { createVerifier } from '../../store/audit/signing-key.ts';
import type { AuditSettings } from '../../config/audit-schema.ts';
import type { ChainRow } from '../../domain/audit/chain.ts';
import { fromJsonLine } from '../../domain/audit/formats/jsonl.ts';
import type { AuditVerdict, KnownPoint } from '../../domain/audit/verdict.ts';
import { verifyChain } from '../../domain/audit/verify-chain.ts';
import { describeStore } from '../running.ts';
import { openExisting } from './open-existing.ts';

/** Exit code for a log that is not as it was written; 1 is for one that could not be looked at. */
const TAMPERED = 2;

export interface VerifyOptions {
  readonly json?: boolean;
  readonly anchor?: readonly string[];
  readonly anchorFile?: string;
  readonly file?: string;
  readonly partial?: boolean;
  readonly publicKey?: readonly string[];
}

/** Prints what is wrong with the log, row by row, and sets the exit code. */
export async function verifyAudit(settings: () => AuditSettings, options: VerifyOptions): Promise<void> {
  const anchors = (options.anchor ?? []).map(parseAnchor);
  const { file } = options;
  const audit = file === undefined ? withKeys(settings(), options.publicKey ?? []) : undefined;
  const verdict =
    audit === undefined
      ? await verifyFile(file ?? '', options, [...anchors, ...(await anchorsOf(options.anchorFile))])
      : await verifyStore(audit, [...anchors, ...(await anchorsOf(options.anchorFile ?? audit.anchorFile))]);
  const read = audit === undefined ? { file } : { store: describeStore({ audit }) };
  if (options.json === true) console.log(JSON.stringify({ ...verdict, ...read }));
  else console.log([describeVerdict(verdict), `read: ${read.store ?? read.file ?? ''}`].join('\n'));
  if (!verdict.intact) process.exitCode = TAMPERED;
}

async function verifyStore(settings: AuditSettings, anchors: readonly KnownPoint[]): Promise<AuditVerdict> {
  const log = await openExisting(settings);
  try {
    return await log.verify({ anchors });
  } finally {
    await log.close();
  }
}

/** An export in JSON Lines, without any database: what an auditor has. */
async function verifyFile(
  file: string,
  { publicKey = [], partial }: VerifyOptions,
  known: readonly KnownPoint[],
): Promise<AuditVerdict> {
  const rows: ChainRow[] = [];
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    number += 1;
    if (line === '') continue;
    const row = fromJsonLine(line);
    if (row === undefined) throw new Error(`${file}, line ${number}: no row of an audit log`);
    rows.push(row);
  }
  const [first] = rows;
  const after = partial === true && first !== undefined ? { after: { seq: first.seq - 1, hash: first.prevHash } } : {};
  const verifySignature = createVerifier(publicKey.map((path) => readFileSync(path, 'utf8')));
  return verifyChain(rows, { sha256, verifySignature, known, ...after });
}

function withKeys(settings: AuditSettings, files: readonly string[]): AuditSettings {
  return { ...settings, trustedKeyFiles: [...settings.trustedKeyFiles, ...files] };
}

async function anchorsOf(path: string | undefined): Promise<KnownPoint[]> {
  return path === undefined ? [] : await anchorFile(path).read();
}

function parseAnchor(text: string): KnownPoint {
  const [, seq, hash] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined) throw new Error(`${text} is no anchor: it must be NUMBER:HASH`);
  return { seq: Number(seq), hash, source: 'the anchor given' };
}

export function describeVerdict(verdict: AuditVerdict): string {
  const { first, head, removed, signed, problems, problemCount } = verdict;
  if (!verdict.intact) {
    const more = problemCount - problems.length;
    return [
      `TAMPERED: ${problemCount} ${problemCount === 1 ? 'problem' : 'problems'} in ${verdict.rows} rows`,
      ...problems.map(({ seq, kind, message }) => `  ${String(seq).padStart(8)}  ${kind.padEnd(16)}  ${message}`),
      ...(more > 0 ? [`  and ${more} more`] : []),
    ].join('\n');
  }
  if (first === null || head === null) return 'intact: the log is empty';
  return [
    `intact: ${verdict.rows} rows, ${first.seq} to ${head.seq}`,
    `removed by retention: ${removed === null ? 'nothing' : `rows up to ${removed.seq}`}`,
    `signed: ${signed === null ? 'nothing yet' : `rows up to ${signed.seq}`}`,
    `anchor: ${head.seq}:${head.hash}`,
    'Keep the anchor where nobody who can write to the database can: `--anchor` shows later that nothing was cut off.',
  ].join('\n');
}
