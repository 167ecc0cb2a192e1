import { createPublicKey } from 'node:crypto';
import type { Command } from 'commander';
import { signingKey } from '../../store/audit/open-audit-log.ts';
import type { AuditSettings } from '../../config/audit-schema.ts';
import { type ExportOptions, exportAudit } from '../audit/export.ts';
import { type MigrateOptions, migrateAudit } from '../audit/migrate.ts';
import { pruneRows } from '../audit/prune.ts';
import { type VerifyOptions, verifyAudit } from '../audit/verify.ts';
import { collect, type CommonOptions, withConfig } from '../options.ts';

/** `load` gives the settings of the audit log, from the file that the options name. */
export function registerAudit(program: Command, load: (options: CommonOptions) => AuditSettings): void {
  const audit = program.command('audit').description('the record of every decision, approval and effect');
  registerVerify(audit, load);
  registerExport(audit, load);
  registerMigrate(audit, load);
  registerPrune(audit, load);
  registerPublicKey(audit, load);
}

type Load = (options: CommonOptions) => AuditSettings;

function registerVerify(audit: Command, load: Load): void {
  withConfig(audit.command('verify'))
    .description('show that the log is as it was written, or name every row that is not')
    .option('--anchor <number:hash>', 'a place of the log that was written down earlier (repeatable)', collect)
    .option(
      '--anchor-file <file>',
      'a file of anchors, as `audit.anchorFile` keeps one (default: that of the settings)',
    )
    .option('--file <file>', 'verify an export in JSON Lines instead of the database')
    .option('--partial', 'with --file: it is a part of the log; do not ask for what came before its first row')
    .option('--public-key <file>', 'a key whose checkpoints are believed, in PEM form (repeatable)', collect)
    .option('--json', 'print the verdict as one line of JSON')
    .addHelpText(
      'after',
      `
Exit code 0: intact. 2: tampered. 1: it could not be looked at.

Examples:
  $ mendloop audit verify
  $ mendloop audit verify --anchor "$(cat last-anchor)" --json | jq .problems
  $ mendloop audit verify --file audit.jsonl --public-key mendloop.pub`,
    )
    .action(async (options: CommonOptions & VerifyOptions) => {
      await verifyAudit(() => load(options), options);
    });
}

function registerExport(audit: Command, load: Load): void {
  withConfig(audit.command('export'))
    .description('write the log, one row a line')
    .option('--format <format>', 'jsonl, ocsf or cef; only jsonl can be verified later', 'jsonl')
    .option('--since <time>', 'only what was recorded since: 2026-08-01T00:00:00Z, or an age: 90m, 24h, 7d, 2w')
    .option('--remediation <id>', 'only what is about this remediation')
    .option('--output <file>', 'where to (default: standard output)')
    .option('--json', 'the same as --format jsonl')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop audit export --output audit.jsonl
  $ mendloop audit export --format ocsf --since 24h | gzip > yesterday.ocsf.gz
  $ mendloop audit export --remediation "$ID" | jq '{at, actor, kind, data}'`,
    )
    .action(async (options: CommonOptions & ExportOptions) => {
      await exportAudit(load(options), options);
    });
}

function registerMigrate(audit: Command, load: Load): void {
  withConfig(audit.command('migrate'))
    .description('prepare the PostgreSQL database of audit.store: tables, roles and grants')
    .option('--user <name>', 'who shall own the tables; may create roles', 'postgres')
    .option('--print', 'print the SQL instead, for the administrator of the database')
    .option('--json', 'print the versions as one line of JSON')
    .addHelpText(
      'after',
      `
The password comes from PGPASSWORD or the password file, as with psql.

Examples:
  $ PGPASSWORD=... mendloop audit migrate --user postgres
  $ mendloop audit migrate --print | psql mendloop
  $ psql mendloop -c "CREATE ROLE mendloop LOGIN PASSWORD '...' IN ROLE mendloop_writer"`,
    )
    .action(async (options: CommonOptions & MigrateOptions) => {
      await migrateAudit(() => load(options), options);
    });
}

function registerPrune(audit: Command, load: Load): void {
  withConfig(audit.command('prune'))
    .description('with audit.prune: apart, remove what workers have signed may be removed')
    .option('--json', 'print what was done as one line of JSON')
    .addHelpText(
      'after',
      `
Run it regularly, with the login of audit.store.retention and the public keys of audit.trustedKeyFiles; it reads no
signing key.

Exit code 0: done. 2: an order was refused, which is named. 1: the log could not be reached.

Examples:
  $ mendloop audit prune --config mendloop.yaml`,
    )
    .action(async (options: CommonOptions & { json?: boolean }) => {
      await pruneRows(load(options), options);
    });
}

function registerPublicKey(audit: Command, load: Load): void {
  withConfig(audit.command('public-key'))
    .description('print the key by which others can verify checkpoints, in PEM form')
    .option('--json', 'print it as one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop audit public-key > mendloop.pub`,
    )
    .action((options: CommonOptions & { json?: boolean }) => {
      const pem = createPublicKey(signingKey(load(options)))
        .export({ type: 'spki', format: 'pem' })
        .toString();
      process.stdout.write(options.json === true ? `${JSON.stringify({ publicKey: pem })}\n` : pem);
    });
}
