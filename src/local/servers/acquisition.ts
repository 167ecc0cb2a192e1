import type { ProgressTask } from '../progress.ts';
import type { CacheLayout } from './cache-dir.ts';
import type { ServerFamily, ServerName, ServerSpec } from './catalogue.ts';
import { SourceFailed } from './server-binary.ts';

/** Some servers of one family that are to be had from somewhere. */
export interface Acquisition {
  family: ServerFamily;
  names: readonly ServerName[];
  cache: CacheLayout;
  /** To be told how far it is; ended by the caller. */
  task: ProgressTask;
  signal?: AbortSignal | undefined;
  env: NodeJS.ProcessEnv;
}

export function specOf(family: ServerFamily, name: ServerName): ServerSpec {
  const spec = family.servers[name];
  if (!spec) throw new Error(`tools/servers.json: ${name} is not in its family`);
  return spec;
}

/** Where a server lies in its archive, package or module. Throws {@link SourceFailed} when it is not in there. */
export function locationOf(locations: Partial<Record<ServerName, string>>, name: ServerName): string {
  const location = locations[name];
  if (location === undefined) throw new SourceFailed(`it does not hold ${name}`);
  return location;
}
