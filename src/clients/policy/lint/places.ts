import { ruleIn } from '../rule-names.ts';
import type { Place } from './finding.ts';
import { type SourceFiles, readSources } from './read-sources.ts';

/** Where the rules and the data of a policy stand. */
export interface Places {
  /** The package of a rule, at its `plan` or `human` if it has one. */
  rule(name: string): Place | undefined;
  /** The last source that has this path of the data, or is a file below it. */
  data(path: readonly string[]): Place | undefined;
  /** The entry of an alert in the catalogue, whatever its source. */
  entry(alert: string): Place | undefined;
  /** Data files that are not what they look like. */
  readonly problems: readonly { readonly place: Place; readonly message: string }[];
}

/** Where things stand in the folders of a policy. */
export async function findPlaces(sources: readonly string[]): Promise<Places> {
  return placesIn(await readSources(sources));
}

export function placesIn({ rego, data }: SourceFiles): Places {
  const rules = new Map(rego.flatMap(({ file, text }) => placeOfRule(file, text)));
  const place = (path: readonly string[]): Place | undefined => {
    for (const { file, path: prefix, yaml } of data.toReversed()) {
      if (!prefix.slice(0, path.length).every((key, index) => path[index] === key)) continue;
      const rest = path.slice(prefix.length);
      if (has(yaml.value, rest)) return { file, ...(yaml.positionOf(rest) ?? { line: 1, column: 1 }) };
    }
    return undefined;
  };
  const sourcesOfAlerts = new Set(
    data.flatMap(({ path: [first, second, name] }) =>
      first === 'catalogue' && second === 'alerts' && name !== undefined ? [name] : [],
    ),
  );
  return {
    rule: (name) => rules.get(name),
    data: place,
    entry: (alert) =>
      [...sourcesOfAlerts]
        .map((name) => place(['catalogue', 'alerts', name, alert]))
        .find((found) => found !== undefined),
    problems: data.flatMap(({ file, yaml }) =>
      yaml.problems.map(({ line, column, message }) => ({
        place: { file, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) },
        message,
      })),
    ),
  };
}

/** The rule that a file holds, if it holds one, and its place. */
function placeOfRule(file: string, text: string): [string, Place][] {
  const found = ruleIn(text);
  if (found === undefined) return [];
  const at = /^(?:plan|human)\b/m.exec(text)?.index ?? found.index;
  return [[found.name, { file, line: text.slice(0, at).split('\n').length }]];
}

function has(value: unknown, path: readonly string[]): boolean {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return false;
    here = (here as Record<string, unknown>)[key];
  }
  return true;
}
