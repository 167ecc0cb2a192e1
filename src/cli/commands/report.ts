import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { reportOfDetail } from '../../api/reports/report-of-detail.ts';
import { toRemediationId } from '../../domain/remediation-id.ts';
import { renderReportHtml } from '../../domain/report/report-html.ts';
import { renderReportMarkdown } from '../../domain/report/report-markdown.ts';
import { type CommonOptions, withConfig } from '../options.ts';
import { withTemporal } from '../with-temporal.ts';

interface ReportOptions extends CommonOptions {
  readonly format?: string;
  readonly output?: string;
}

const FORMATS = { md: renderReportMarkdown, html: renderReportHtml } as const;

export function registerReport(program: Command): void {
  withConfig(program.command('report'))
    .description('the post-mortem of a remediation as one file: timeline, plots, decision, cost, links')
    .argument('<id>', 'ID of the remediation, as `mendloop remediations` prints it')
    .option('--format <format>', 'md or html (default: by the name of --output, else md)')
    .option('-o, --output <file>', 'where to (default: standard output)')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop report "$ID" > incident.md
  $ mendloop report "$ID" --output incident.html`,
    )
    .action(async (id: string, options: ReportOptions) => {
      const format = options.format ?? (options.output?.endsWith('.html') === true ? 'html' : 'md');
      if (!Object.hasOwn(FORMATS, format)) throw new Error(`--format takes ${Object.keys(FORMATS).join(' or ')}`);
      const text = await withTemporal(options, async ({ remediations }) => {
        const wanted = toRemediationId(id);
        const detail = wanted === undefined ? undefined : await remediations.get(wanted);
        if (detail === undefined) throw new Error(`there is no remediation ${id}`);
        const content = reportOfDetail(detail);
        if (content === undefined) throw new Error(`${id}: ${detail.statusUnavailable ?? 'nothing is known'}`);
        return FORMATS[format as keyof typeof FORMATS](content);
      });
      if (options.output === undefined) process.stdout.write(`${text}\n`);
      else await writeFile(options.output, text);
    });
}
