import type { Command } from 'commander';

export interface CommonOptions {
  readonly config?: string;
}

/** Options that every long-running command has. */
export function withConfig(command: Command): Command {
  return command.option(
    '-c, --config <file>',
    'settings (default: $MENDLOOP_CONFIG, else ./mendloop.yaml if it exists)',
  );
}
