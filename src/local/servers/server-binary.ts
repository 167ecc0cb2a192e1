import { accessSync, constants, statSync } from 'node:fs';
import { chmod, mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runCommand } from '../process/run-command.ts';
import type { CacheLayout } from './cache-dir.ts';
import type { ServerName, ServerSpec } from './catalogue.ts';
import { parseVersion, versionProblem } from './version.ts';

/** Where a server was had from. `cache` means: prepared by an earlier run. */
export type ServerSource = 'path' | 'cache' | 'release' | 'wheel' | 'debian' | 'go';

/** A server program that can be started. */
export interface ServerBinary {
  name: ServerName;
  path: string;
  /** `major.minor.patch` */
  version: string;
  source: ServerSource;
}

/** Why a way to have a server did not serve; the message is meant for a person and names no server. */
export class SourceFailed extends Error {
  override readonly name = 'SourceFailed';
}

export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * Asks the program itself for its version. Throws {@link SourceFailed} when it does not run, prints no version, or
 * prints one that does not serve.
 */
export async function askVersion(path: string, spec: ServerSpec): Promise<string> {
  let output: string;
  try {
    output = await runCommand({ command: path, args: spec.versionArgs, timeoutMs: 10_000 });
  } catch (error) {
    throw new SourceFailed(`${path} does not run: ${error instanceof Error ? error.message : String(error)}`);
  }
  const version = parseVersion(output);
  if (version === undefined) throw new SourceFailed(`${path} does not tell its version`);
  const problem = versionProblem(version, spec.accept);
  if (problem !== undefined) throw new SourceFailed(`${path}: ${problem}`);
  return version;
}

/**
 * Moves a finished program to its place in the cache, in one step, after it has told a version that serves: what lies
 * under its final name always runs. `from` must be on the cache's file system.
 */
export async function install(options: {
  name: ServerName;
  spec: ServerSpec;
  from: string;
  source: ServerSource;
  cache: CacheLayout;
}): Promise<ServerBinary> {
  const { name, spec, from, source, cache } = options;
  await chmod(from, 0o755);
  const version = await askVersion(from, spec);
  const path = cache.serverPath(name, version);
  await mkdir(dirname(path), { recursive: true });
  await rename(from, path);
  return { name, path, version, source };
}
