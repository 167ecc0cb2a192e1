import { z } from 'zod';
import { IGNORE_HIDDEN } from '../build-arguments.ts';
import type { Finding } from './finding.ts';
import { runTool } from './run-tool.ts';

const errorSchema = z.looseObject({
  message: z.string(),
  location: z.looseObject({ file: z.string(), row: z.number(), col: z.number() }).optional(),
});
const errorsSchema = z.looseObject({ errors: z.array(errorSchema).default([]) });

/** What `opa check --strict` finds in all sources together: types, names, unused things. */
export async function opaCheck(opa: string, sources: readonly string[]): Promise<Finding[]> {
  const { exitCode, stdout, stderr } = await runTool(opa, [
    'check',
    '--strict',
    '--format',
    'json',
    ...IGNORE_HIDDEN,
    ...sources,
  ]);
  if (exitCode === 0) return [];
  const found = parseErrors(stderr) ?? parseErrors(stdout) ?? [{ message: (stderr || stdout).trim() }];
  return eachOnce(found).map(({ message, location }) => ({
    severity: 'error',
    check: 'opa-check',
    ...(location === undefined || location.file === ''
      ? {}
      : { place: { file: location.file, line: location.row, column: location.col } }),
    message,
  }));
}

/** Which files are not as `opa fmt` writes them. */
export async function opaFmt(opa: string, sources: readonly string[]): Promise<Finding[]> {
  const { exitCode, stdout } = await runTool(opa, ['fmt', '--list', ...sources]);
  if (exitCode !== 0) return []; // A file that cannot be parsed: `opa check` says more of it.
  return stdout
    .split('\n')
    .filter((file) => file !== '')
    .map((file) => ({
      severity: 'error',
      check: 'opa-fmt',
      place: { file },
      message: `not in Rego's usual format: opa fmt --write ${file}`,
    }));
}

/** Of one place OPA's parser tells twice what is wrong there, the second time in more words. */
function eachOnce(errors: readonly z.infer<typeof errorSchema>[]): z.infer<typeof errorSchema>[] {
  return errors.filter(
    ({ message, location: at }) =>
      !errors.some(
        ({ message: longer, location }) =>
          longer.length > message.length &&
          longer.startsWith(message) &&
          location?.file === at?.file &&
          location?.row === at?.row,
      ),
  );
}

function parseErrors(text: string): z.infer<typeof errorsSchema>['errors'] | undefined {
  try {
    const { errors } = errorsSchema.parse(JSON.parse(text));
    return errors.length > 0 ? errors : undefined;
  } catch {
    return undefined;
  }
}
