const UNRELEASED = '## [Unreleased]';

export interface ReleaseEntry {
  /** The whole changelog, with the entry of this version. */
  readonly changelog: string;
  /** What the entry says, without its heading. */
  readonly notes: string;
}

/**
 * Makes the entry of a version of what stands below "Unreleased". An entry that is there already is given as it is.
 *
 * @throws Error where there is nothing to release.
 */
export function releaseEntry(changelog: string, { version, date }: { version: string; date: string }): ReleaseEntry {
  const existing = sectionOf(changelog, `## [${version}]`);
  if (existing !== undefined) return { changelog, notes: existing };
  const notes = sectionOf(changelog, UNRELEASED);
  if (notes === undefined) throw new Error(`CHANGELOG.md has no "${UNRELEASED}"`);
  if (notes === '') throw new Error('CHANGELOG.md says nothing below "Unreleased": there is nothing to release');
  const heading = `## [${version}] - ${date}`;
  return { changelog: changelog.replace(UNRELEASED, `${UNRELEASED}\n\n${heading}`), notes };
}

/** What stands below a heading, to the next of its kind; undefined where there is no such heading. */
function sectionOf(changelog: string, heading: string): string | undefined {
  const lines = changelog.split('\n');
  const start = lines.findIndex((line) => line === heading || line.startsWith(`${heading} `));
  if (start === -1) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith('## '));
  return (end === -1 ? rest : rest.slice(0, end)).join('\n').trim();
}
