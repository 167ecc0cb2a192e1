import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { packageRoot } from '../stack/package-root.ts';
import { registerApi } from './commands/api.ts';
import { registerReplay } from './commands/replay.ts';
import { registerUp } from './commands/up.ts';
import { registerWorker } from './commands/worker.ts';

/** The `mendloop` command with all its subcommands. */
export function createProgram(): Command {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  const program = new Command('mendloop')
    .description('Verified, reversible remediation for Kubernetes, durable by Temporal')
    .version(version)
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride();
  registerUp(program);
  registerApi(program);
  registerWorker(program);
  registerReplay(program);
  return program;
}
