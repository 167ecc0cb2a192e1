/** Not part of a policy although it lies in its folder: `.git`, `.github` and the like, whose YAML is no data. */
export const IGNORE_HIDDEN = ['--ignore', '.*'] as const;

/** Arguments of the `opa` command that makes a bundle Mendloop can load. */
export function policyBuildArguments(options: {
  /** Folders or files of Rego and data; a later one may add to the data of an earlier one. */
  readonly sources: readonly string[];
  readonly output: string;
  /** Recorded with every decision. */
  readonly revision: string;
}): string[] {
  const { sources, output, revision } = options;
  return [
    'build',
    ...['--target', 'wasm'],
    ...['--entrypoint', 'mendloop/decision'],
    ...['--revision', revision],
    ...IGNORE_HIDDEN,
    ...['--ignore', '*_test.rego'],
    ...['--output', output],
    ...sources,
  ];
}
