import type { Command } from 'commander';
import { createCalendar, type WindowReading } from '../../domain/windows/calendar.ts';
import { describeConfig } from '../describe-config.ts';
import { type CommonOptions, withConfig } from '../options.ts';
import { painter } from '../output/style.ts';
import { findInstallation } from '../running.ts';
import { describeWindows } from '../windows/describe-windows.ts';

interface WindowsOptions extends CommonOptions {
  readonly at?: string;
  readonly json?: boolean;
}

export function registerWindows(program: Command): void {
  withConfig(program.command('windows'))
    .description('list freezes, maintenance and hours for changes: which of them hold changes back now, and until when')
    .option('--at <time>', 'as they stand at this time: 2026-12-24T18:00:00Z (default: now)')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop windows
  $ mendloop windows --at 2026-12-24T18:00:00+01:00
  $ mendloop windows --json | jq -r '.[] | select(.lasts) | .name'`,
    )
    .action((options: WindowsOptions) => {
      const found = findInstallation(options);
      const now = options.at === undefined ? Date.now() : parseTime(options.at);
      const readings: readonly WindowReading[] = createCalendar(found.config.windows).readings(now);
      console.error(`settings: ${describeConfig(options, found)}`);
      console.log(
        options.json === true ? JSON.stringify(readings) : describeWindows(readings, { paint: painter(), now }),
      );
    });
}

function parseTime(text: string): number {
  const time = /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new Error(`invalid --at ${text}: expected a time with its zone: 2026-12-24T18:00:00Z`);
  return time;
}
