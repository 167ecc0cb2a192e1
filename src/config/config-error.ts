/** One fault of the settings. */
export interface ConfigProblem {
  /** Path of the key, `notifications.channels.on-call.type`; empty for the file as a whole. */
  readonly key: string;
  /** Where in the file, counted from 1; absent where the settings are not from a file, or the key is not in it. */
  readonly line?: number;
  readonly column?: number;
  /** What is wrong, without the value: it may be a secret. */
  readonly message: string;
}

/** The settings cannot be used; all that is wrong with them, at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  /** `source` is the file, or what else the settings came from. */
  constructor(source: string, problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super([`${source} has ${count}:`, ...problems.map((problem) => `  ${describe(problem)}`)].join('\n'));
    this.problems = problems;
  }
}

function describe({ key, line, column, message }: ConfigProblem): string {
  const place = line === undefined ? '' : `${line}:${column ?? 1}`;
  const where = [place, key].filter((part) => part !== '').join(' ');
  return where === '' ? message : `${where}: ${message}`;
}
