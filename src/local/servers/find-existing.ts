import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { CacheLayout } from './cache-dir.ts';
import type { ServerFamily, ServerName, ServerSpec } from './catalogue.ts';
import { SourceFailed, askVersion, isProgram } from './server-binary.ts';
import type { ServerBinary } from './server-binary.ts';
import { compareVersions, versionProblem } from './version.ts';

/** The first program on PATH that serves. Throws {@link SourceFailed} with what is wrong with those that do not. */
export async function findOnPath(name: ServerName, spec: ServerSpec, path: string): Promise<ServerBinary> {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  const problems: string[] = [];
  for (const file of folders.flatMap((folder) => [name, ...spec.aliases].map((alias) => join(folder, alias)))) {
    if (!isProgram(file)) continue;
    try {
      return { name, path: file, version: await askVersion(file, spec), source: 'path' };
    } catch (error) {
      if (!(error instanceof SourceFailed)) throw error;
      problems.push(error.message);
    }
  }
  throw new SourceFailed(problems.length === 0 ? 'not on PATH' : problems.join('; '));
}

/**
 * What an earlier run prepared, or a person put there: the pinned versions first, then the newest other one that
 * serves, which is how Debian's versions, pinned by the distribution, are found. The folder's name is believed: the
 * program was asked before it got there. Undefined when there is none.
 */
export function findInCache(
  name: ServerName,
  options: { family: ServerFamily; spec: ServerSpec; cache: CacheLayout },
): ServerBinary | undefined {
  const { family, spec, cache } = options;
  const pinned = pinnedVersions(name, family);
  const others = family.debian !== undefined && name in family.debian.members ? versionsInCache(name, cache) : [];
  for (const version of [...pinned, ...others]) {
    const path = cache.serverPath(name, version);
    if (versionProblem(version, spec.accept) === undefined && isProgram(path)) {
      return { name, path, version, source: 'cache' };
    }
  }
  return undefined;
}

/** The versions that the catalogue pins for this server: the release's, the wheel's, then the Go module's. */
export function pinnedVersions(name: ServerName, family: ServerFamily): string[] {
  const fromGo = family.go.filter((module) => name in module.packages).map((module) => module.version);
  const released = [family.release?.version, family.wheel?.version].filter((version) => version !== undefined);
  return [...new Set([...released, ...fromGo])];
}

function versionsInCache(name: ServerName, cache: CacheLayout): string[] {
  try {
    return readdirSync(join(cache.servers, name))
      .filter((folder) => /^\d+\.\d+\.\d+$/.test(folder))
      .sort((a, b) => compareVersions(b, a));
  } catch {
    return [];
  }
}
