import { z } from 'zod';
import { MendloopError } from '../../../domain/failures.ts';
import type { Finding } from './finding.ts';
import { runTool } from './run-tool.ts';

/** Source: `regal lint --format json`. */
const reportSchema = z.looseObject({
  violations: z.array(
    z.looseObject({
      title: z.string(),
      description: z.string(),
      category: z.string(),
      level: z.enum(['error', 'warning']),
      location: z.looseObject({ file: z.string(), row: z.number().default(0), col: z.number().default(0) }),
    }),
  ),
});

export interface RegalOptions {
  /** The program. */
  readonly regal: string;
  /** Which of its rules count. */
  readonly configFile: string;
  readonly sources: readonly string[];
}

/** What Regal finds. @throws MendloopError `Internal` if it does not give a report. */
export async function regalCheck({ regal, configFile, sources }: RegalOptions): Promise<Finding[]> {
  const args = ['lint', '--format', 'json', '--config-file', configFile, ...sources];
  const { stdout, stderr } = await runTool(regal, args);
  let report: z.infer<typeof reportSchema>;
  try {
    report = reportSchema.parse(JSON.parse(stdout));
  } catch {
    // A file that cannot be parsed: `opa check` says more of it.
    if (stderr.includes('rego_parse_error')) return [];
    throw new MendloopError('Internal', `regal gave no report: ${stderr.trim().slice(0, 500)}`);
  }
  return report.violations.map(({ title, description, category, level, location: { file, row, col } }) => ({
    severity: level,
    check: 'regal',
    ...(file === '' ? {} : { place: { file, ...(row > 0 ? { line: row } : {}), ...(col > 0 ? { column: col } : {}) } }),
    message: `${category}/${title}: ${description}`,
  }));
}
