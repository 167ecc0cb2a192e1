import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { AuditLog, ListQuery } from '../../store/audit/audit-log.ts';
import type { AuditSettings } from '../../config/audit-schema.ts';
import { type AuditFormat, auditFormats, formatRow } from '../../domain/audit/formats/format-row.ts';
import { parseInstant } from '../instant.ts';
import { describeStore } from '../running.ts';
import { openExisting } from './open-existing.ts';

export { parseInstant as parseSince } from '../instant.ts';

/** Rows that are in memory at once. */
const PAGE = 1000;

export interface ExportOptions {
  readonly format: string;
  readonly json?: boolean;
  readonly since?: string;
  readonly remediation?: string;
  readonly output?: string;
}

/** Writes rows, one a line, to a file or to standard output. */
export async function exportAudit(settings: AuditSettings, options: ExportOptions): Promise<void> {
  const format = options.json === true ? 'jsonl' : auditFormat(options.format);
  const filter = {
    ...(options.since === undefined ? {} : { since: parseInstant(options.since, Date.now()) }),
    ...(options.remediation === undefined ? {} : { remediationId: options.remediation }),
  };
  console.error(`store: ${describeStore({ audit: settings })}`);
  const log = await openExisting(settings);
  const out = options.output === undefined ? process.stdout : createWriteStream(options.output, { mode: 0o600 });
  try {
    await pipeline(lines(log, filter, format), out, { end: options.output !== undefined });
  } catch (error) {
    // A reader such as `head` that has enough is no fault.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  } finally {
    await log.close();
  }
}

async function* lines(log: AuditLog, filter: Omit<ListQuery, 'limit'>, format: AuditFormat): AsyncGenerator<string> {
  for (let afterSeq = 0; ;) {
    const rows = await log.list({ ...filter, afterSeq, limit: PAGE });
    for (const row of rows) yield `${formatRow(row, format)}\n`;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    afterSeq = last.seq;
  }
}

function auditFormat(text: string): AuditFormat {
  const format = auditFormats.find((candidate) => candidate === text);
  if (format === undefined) throw new Error(`${text} is no format; there are: ${auditFormats.join(', ')}`);
  return format;
}
