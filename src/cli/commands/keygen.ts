import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { newKey, publicHalf } from '../../clients/keys/ed25519.ts';
import { ownFile } from '../../clients/keys/own-file.ts';

interface KeygenOptions {
  readonly folder?: string;
}

export function registerKeygen(program: Command): void {
  program
    .command('keygen')
    .description('print new signing keys as the two Secrets that the chart asks for in mode distributed')
    .option(
      '--folder <folder>',
      'write them as files instead, with a token for the webhook and one for a user, where there are none yet',
    )
    .addHelpText(
      'after',
      `
mendloop-audit has the key that signs the audit log, mendloop-orders the one that signs votes and orders, with its public
half. They are secrets: pipe them on. \`create\` replaces no key that is there.

Examples:
  $ mendloop keygen | kubectl create -n mendloop -f -
  $ mendloop keygen --folder examples/compose/secrets`,
    )
    .action(({ folder }: KeygenOptions) => {
      if (folder !== undefined) {
        for (const file of writeSecrets(folder)) console.log(file);
        return;
      }
      if (process.stdout.isTTY) {
        throw new Error('these are secrets, and this is a terminal: pipe them on, as `--help` shows');
      }
      process.stdout.write(signingKeySecrets());
    });
}

/** Two Secrets with keys that are nowhere else, as YAML. */
export function signingKeySecrets(): string {
  const audit = newKey();
  const orders = newKey();
  const secrets = {
    'mendloop-audit': { 'audit-key.pem': audit, 'audit-key.pub': publicHalf(audit) },
    'mendloop-orders': { 'order-key.pem': orders, 'order-keys.pub': publicHalf(orders) },
  };
  return Object.entries(secrets)
    .map(([name, stringData]) => stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData }))
    .join('---\n');
}

const TOKENS = ['webhook-token', 'admin-token'] as const;

/** What an installation apart needs that is secret, a file each, for their user alone; what is there stays. */
export function writeSecrets(folder: string): string[] {
  const file = (name: string) => join(folder, name);
  const made = {
    'audit-key.pem': newKey,
    'order-key.pem': newKey,
    'order-keys.pub': () => publicHalf(ownFile(file('order-key.pem'), newKey)),
    ...Object.fromEntries(TOKENS.map((name) => [name, () => `${randomBytes(32).toString('hex')}\n`])),
  };
  return Object.entries(made).map(([name, make]) => {
    ownFile(file(name), make);
    return file(name);
  });
}
