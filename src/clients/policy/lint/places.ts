import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { parseYaml, type YamlSource } from '../../../config/yaml-source.ts';
import type { Place } from './finding.ts';

const PACKAGE = /^package\s+mendloop\.rules(?:\.(\w+)|\["([^"]+)"\])/m;
const DATA = /^data\.(?:json|ya?ml)$/;

/** Where the rules and the data of a policy stand. */
export interface Places {
  /** The package of a rule, at its `plan` or `human` if it has one. */
  rule(name: string): Place | undefined;
  /** The last source that has this path of the data. */
  data(path: readonly string[]): Place | undefined;
  /** The entry of an alert in the catalogue, whatever its source. */
  entry(alert: string): Place | undefined;
  /** Data files that are not what they look like. */
  readonly problems: readonly { readonly place: Place; readonly message: string }[];
}

/** Looks through the folders of a policy as `opa` loads them: below a folder, the path of a data file is its key. */
export async function findPlaces(sources: readonly string[]): Promise<Places> {
  const rules = new Map<string, Place>();
  const data: { file: string; path: readonly string[]; yaml: YamlSource }[] = [];
  for (const source of sources) {
    for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      if (DATA.test(entry.name)) {
        const folder = relative(source, entry.parentPath);
        const path = folder === '' ? [] : folder.split(sep);
        data.push({ file, path, yaml: parseYaml(await readFile(file, 'utf8')) });
      } else if (entry.name.endsWith('.rego') && !entry.name.endsWith('_test.rego')) {
        noteRule(rules, file, await readFile(file, 'utf8'));
      }
    }
  }
  const place = (path: readonly string[]): Place | undefined => {
    for (const { file, path: prefix, yaml } of data.toReversed()) {
      if (!prefix.every((key, index) => path[index] === key)) continue;
      const rest = path.slice(prefix.length);
      if (has(yaml.value, rest)) return { file, ...yaml.positionOf(rest) };
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

function noteRule(rules: Map<string, Place>, file: string, text: string): void {
  const found = PACKAGE.exec(text);
  const name = found?.[1] ?? found?.[2];
  if (found === null || name === undefined) return;
  const at = /^(?:plan|human)\b/m.exec(text)?.index ?? found.index;
  rules.set(name, { file, line: text.slice(0, at).split('\n').length });
}

function has(value: unknown, path: readonly string[]): boolean {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return false;
    here = (here as Record<string, unknown>)[key];
  }
  return true;
}
