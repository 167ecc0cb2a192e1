import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { parseYaml, type YamlSource } from '../../../config/yaml-source.ts';

const DATA = /\.(?:json|ya?ml)$/;

export interface RegoFile {
  readonly file: string;
  readonly text: string;
}

export interface DataFile {
  readonly file: string;
  /** Where its content stands in the data: the folders above it, below its source. */
  readonly path: readonly string[];
  readonly yaml: YamlSource;
}

export interface SourceFiles {
  /** Without tests. */
  readonly rego: readonly RegoFile[];
  /** In the order of the sources. */
  readonly data: readonly DataFile[];
}

/**
 * Reads the folders of a policy as `opa` loads them: every JSON and YAML file is data, whatever it is called,
 * but for what is hidden.
 */
export async function readSources(sources: readonly string[]): Promise<SourceFiles> {
  const rego: RegoFile[] = [];
  const data: DataFile[] = [];
  for (const source of sources) {
    const entries = await readdir(source, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.toSorted()) {
      const parts = relative(source, file).split(sep);
      if (parts.some((part) => part.startsWith('.'))) continue;
      if (DATA.test(file)) {
        data.push({ file, path: parts.slice(0, -1), yaml: parseYaml(await readFile(file, 'utf8')) });
      } else if (file.endsWith('.rego') && !file.endsWith('_test.rego')) {
        rego.push({ file, text: await readFile(file, 'utf8') });
      }
    }
  }
  return { rego, data };
}
