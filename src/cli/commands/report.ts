import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { readReport } from '../../api/reports/read-report.ts';
import { REPORT_FORMATS, reportFormatNames } from '../../domain/report/report-formats.ts';
import { type CommonOptions, withConfig } from '../options.ts';

import { withTemporal } from '../with-temporal.ts';
import { nameOne, WHICH } from './remediations.ts';

interface ReportOptions extends CommonOptions {
  readonly format?: string;
  readonly output?: string;
  readonly pictures?: boolean;
}

export function registerReport(program: Command): void {
  withConfig(program.command('report'))
    .description('the post-mortem of a remediation as one file: timeline, plots, decision, cost, links')
    .argument('<name>', WHICH)
    .option('--format <format>', 'md or html (default: by the name of --output, else md)')
    .option('-o, --output <file>', 'where to (default: standard output)')
    .option('--pictures', 'plots as pictures in Markdown too, not in words')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop report latest
  $ mendloop report latest --pictures > incident.md
  $ mendloop report "$ID" --output incident.html`,
    )
    .action(async (name: string, options: ReportOptions) => {
      const wanted = options.format ?? (options.output?.endsWith('.html') === true ? 'html' : 'md');
      const format = reportFormatNames.find((candidate) => candidate === wanted);
      if (format === undefined) throw new Error(`--format takes ${reportFormatNames.join(' or ')}`);
      const { id, report } = await withTemporal(options, async ({ remediations }) => {
        const id = await nameOne(remediations, name);
        return { id, report: await readReport(remediations, id) };
      });
      if (report.status === 'not_found') throw new Error(`there is no remediation ${id}`);
      if (report.status === 'silent') throw new Error(`${id}: ${report.reason}`);
      const text = REPORT_FORMATS[format].render(report.content, { pictures: options.pictures === true });
      if (options.output === undefined) process.stdout.write(`${text}\n`);
      else await writeFile(options.output, text);
    });
}
