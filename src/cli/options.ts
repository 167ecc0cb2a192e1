import type { Command } from 'commander';

/** Gathers the values of an option that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

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
