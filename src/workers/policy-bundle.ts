import { join } from 'node:path';

/** Where the build puts the policy bundle that comes with Mendloop, below the package's root. */
export const POLICY_BUNDLE = join('dist', 'policy', 'bundle.tar.gz');

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
    ...['--ignore', '*_test.rego'],
    ...['--output', output],
    ...sources,
  ];
}
